package io.jitney.components.bindings.mqtt3;

import io.jitney.components.mqtt.MqttAddress;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.LenientMetadata;
import io.jitney.components.spi.Metadata;
import io.jitney.components.tls.PemTls;

/**
 * Metadata of {@code bindings.mqtt3}.
 *
 * @param writer who writes: the broker knows one client at a time by a name
 * @param reader who reads
 * @param topic what is read, and where a request goes that names none
 * @param retries of a message that the app did not take, before it is left to the next connection;
 *     negative: no limit
 */
record MqttSettings(
    MqttAddress writer, MqttAddress reader, String topic, boolean retain, long retries) {
  /** Messages at least once, whatever the metadata say. */
  static final int QOS = 1;

  static MqttSettings of(Metadata properties, ComponentLog log) {
    LenientMetadata metadata = new LenientMetadata(properties);
    boolean cleanSession = metadata.truthy("cleanSession");
    long retries = metadata.integer("backOffMaxRetries", 0);
    required(properties, "url");
    String topic = required(properties, "topic");
    String id = required(properties, "consumerID");
    pem(properties, "caCert", "invalid ca certificate");
    pem(properties, "clientCert", "invalid client certificate");
    pem(properties, "clientKey", "invalid client certificate key");
    if (!properties.get("qos", "").isEmpty()) {
      log.warn("Metadata property 'qos' has been deprecated and is ignored; qos is set to 1");
    }
    return new MqttSettings(
        MqttAddress.of(properties, id + "-producer", cleanSession),
        MqttAddress.of(properties, id + "-consumer", cleanSession),
        topic,
        metadata.truthy("retain"),
        retries);
  }

  private static String required(Metadata properties, String name) {
    String value = properties.get(name, "");
    if (value.isEmpty()) {
      throw new ComponentException.Failed("missing " + name);
    }
    return value;
  }

  private static void pem(Metadata properties, String name, String problem) {
    String text = properties.get(name, "");
    if (!text.isEmpty() && !PemTls.isPem(text)) {
      throw new ComponentException.Failed(problem);
    }
  }
}
