"""How values are written in answers about readings: under a name that says their type.

As AWS IoT TwinMaker's data connectors do:
https://docs.aws.amazon.com/iot-twinmaker/latest/apireference/API_DataValue.html
"""

from __future__ import annotations


def value_name(data_type: str) -> str:
    """Return the name under which a value of a property's type stands: ``DoubleValue``."""
    return f"{data_type.capitalize()}Value"
