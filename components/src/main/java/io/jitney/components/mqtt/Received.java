package io.jitney.components.mqtt;

import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.messages.MqttPublishMessage;

/**
 * A message and the connection that it came by. When that is gone, there is nobody to acknowledge
 * to: the broker sends the message again.
 */
record Received(MqttClient connection, MqttPublishMessage message) implements MqttPublishMessage {
  @Override
  public void ack() {
    if (connection.isConnected()) {
      message.ack();
    }
  }

  @Override
  public int messageId() {
    return message.messageId();
  }

  @Override
  public MqttQoS qosLevel() {
    return message.qosLevel();
  }

  @Override
  public boolean isDup() {
    return message.isDup();
  }

  @Override
  public boolean isRetain() {
    return message.isRetain();
  }

  @Override
  public String topicName() {
    return message.topicName();
  }

  @Override
  public Buffer payload() {
    return message.payload();
  }

  @Override
  public MqttProperties properties() {
    return message.properties();
  }
}
