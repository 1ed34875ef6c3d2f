"""Who calls the platform, and what they may do: authentication, organisations, roles.

A caller is told by :mod:`.authentication` in the one way that the settings name; :mod:`.granting`
decides for which organisation the call is and what it may do; :mod:`.directory` keeps
organisations and who belongs to them. Every refusal carries its HTTP status.
"""
