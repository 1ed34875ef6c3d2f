"""AMQP 1.0 as far as a service needs it to send messages to devices: nothing is received by it."""
