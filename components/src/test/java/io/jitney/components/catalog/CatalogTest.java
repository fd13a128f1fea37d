package io.jitney.components.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogTest {
  @ParameterizedTest
  @CsvSource({
    "state.in-memory, v1, true",
    "state.in-memory, '', true",
    "state.in-memory, V0, true",
    "state.In-Memory, v1, true",
    "State.in-memory, v1, false",
    "state.in-memory, v2, false",
    "state.in-memory, 1, false",
    "state.nosuch, v1, false",
    "secretstores.local.env, v1, false"
  })
  void stateStores(String type, String version, boolean known) {
    assertThat(Catalog.stateStore(type, version).isPresent()).isEqualTo(known);
  }

  @ParameterizedTest
  @CsvSource({
    "secretstores.local.env, v1, true",
    "secretstores.LOCAL.file, '', true",
    "Secretstores.local.file, v1, false",
    "secretstores.local.file, v2, false",
    "state.in-memory, v1, false"
  })
  void secretStores(String type, String version, boolean known) {
    assertThat(Catalog.secretStore(type, version).isPresent()).isEqualTo(known);
  }

  @ParameterizedTest
  @CsvSource({
    "pubsub.redis, v1, true",
    "pubsub.Kafka, '', true",
    "pubsub.rabbitmq, v0, true",
    "pubsub.mqtt3, v1, true",
    "pubsub.mqtt, v1, true",
    "pubsub.jetstream, v1, true",
    "pubsub.kafka, v2, false",
    "Pubsub.kafka, v1, false",
    "pubsub.nosuch, v1, false"
  })
  void brokers(String type, String version, boolean known) {
    assertThat(Catalog.pubSub(type, version).isPresent()).isEqualTo(known);
  }
}
