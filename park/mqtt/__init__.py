"""The MQTT door: a subscriber that acknowledges a message only once its readings are committed."""
