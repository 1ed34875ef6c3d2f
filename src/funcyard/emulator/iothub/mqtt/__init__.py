"""MQTT 3.1.1 as IoT Hub speaks it with devices: no broker, but the few topics that a hub has."""
