"""What host.json and the settings of an app say, against what is documented and asked for."""
