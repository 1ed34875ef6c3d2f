"""IoT Hub: hubs through the Resource Manager, and what services and devices speak with each."""
