"""What is wrong with a container app, and what to do about it.

:mod:`.gathering` asks everybody who knows something and makes :mod:`.facts` of it; each module of
``checks/`` judges facts and asks nobody; :mod:`.results` says which failure is the cause.
"""
