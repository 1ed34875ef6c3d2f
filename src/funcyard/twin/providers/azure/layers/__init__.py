"""The layers of a twin on Azure: what each consists of, as resources of a deployment."""
