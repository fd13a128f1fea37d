package io.jitney.daemon.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.spi.CallContext;
import io.jitney.daemon.pubsub.OpenPubSub;
import io.jitney.daemon.pubsub.PubSubChanges;
import io.jitney.daemon.state.StateEncryption;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What is made of opened components: brokers with scopes, stores with key prefixes and encryption.
 */
class OpenedComponentsTest extends ComponentLoadingCase {
  @Test
  void aBrokerGetsItsConsumerIdAndTheAppItsScopesAndPrefix() throws Exception {
    environment.put("NAMESPACE", "prod");
    load(
        component("p", "pubsub.bus")
            .value("consumerID", "  ")
            .value("queue", "{namespace}/{appID}")
            .value("publishingScopes", "a=t1"),
        component("q", "pubsub.bus").value("consumerID", " mine "));

    assertThat(opened("p", "consumerID")).isEqualTo("a");
    assertThat(opened("q", "consumerID")).isEqualTo("mine");
    OpenPubSub open = Objects.requireNonNull(instance().components().pubSub("p"));
    assertThat(open.scopes().mayPublish("t2")).isFalse();
    assertThat(open.brokerTopic("t1")).isEqualTo(settingsNamespace() + "t1");
    assertThat(open.appTopic(open.brokerTopic("t1"))).isEqualTo("t1");
    OpenPubSub plain = Objects.requireNonNull(instance().components().pubSub("q"));
    assertThat(plain.brokerTopic("t1")).isEqualTo("t1");
    assertThat(instance().components().loaded().getFirst())
        .isEqualTo(
            new ComponentSet.Loaded("p", "pubsub.bus", "v1", List.of("SUBSCRIBE_WILDCARDS")));
  }

  private String settingsNamespace() {
    return instance().settings().identityNamespace();
  }

  @Test
  void aBrokerIsDrainedBeforeItCloses() throws Exception {
    load(component("p", "pubsub.bus"));
    OpenPubSub open = Objects.requireNonNull(instance().components().pubSub("p"));
    List<String> told = new CopyOnWriteArrayList<>();
    Promise<Void> drained = Promise.promise();
    instance()
        .components()
        .pubSubChanges(
            new PubSubChanges() {
              @Override
              public void opened(OpenPubSub pubSub) {
                told.add("opened " + pubSub.name());
              }

              @Override
              public Future<Void> closing(OpenPubSub pubSub) {
                told.add("closing " + pubSub.name());
                return drained.future();
              }
            });

    Future<Void> closing = loading().close();

    CallContext call = instance().callContext(null);
    PublishRequest request = new PublishRequest(Buffer.buffer("x"), "t", Map.of(), false);
    assertThat(told).containsExactly("closing p");
    assertThat(open.component().publish(call, request).succeeded()).isTrue();
    drained.complete();
    assertThat(closing.toCompletionStage().toCompletableFuture())
        .succeedsWithin(5, TimeUnit.SECONDS);
    assertThat(open.component().publish(call, request).failed()).isTrue();
  }

  @Test
  void keyPrefixes() throws Exception {
    environment.put("NAMESPACE", "prod");
    load(
        component("default", "state.ok"),
        component("name", "state.ok").value("KeyPrefix", "name"),
        component("none", "state.ok").value("keyPrefix", "none"),
        component("namespace", "state.ok").value("keyPrefix", "namespace"),
        component("other", "state.ok").value("keyPrefix", "X-{appID}"));
    assertThat(state("default").keys().apply("k")).isEqualTo("a||k");
    assertThat(state("name").keys().apply("k")).isEqualTo("name||k");
    assertThat(state("none").keys().apply("k")).isEqualTo("k");
    assertThat(state("namespace").keys().apply("k")).isEqualTo("prod.a||k");
    assertThat(state("other").keys().apply("k")).isEqualTo("x-a||k");
    assertThatThrownBy(() -> load(component("bad", "state.ok").value("keyPrefix", "a||b")))
        .hasMessageContaining("input key/keyPrefix 'a||b' can't contain '||'");
  }

  @Test
  void encryptionKeysComeFromSecrets() throws Exception {
    String key = "00112233445566778899aabbccddeeff";
    Draft sec =
        component("sec", "secretstores.map")
            .value("k1", key)
            .value("k2", key)
            .value("short", "abc123");
    load(
        sec,
        component("both", "state.ok")
            .secretStore("sec")
            .secret("primaryEncryptionKey", "k1")
            .secret("secondaryEncryptionKey", "k2"),
        component("secondary", "state.ok")
            .secretStore("sec")
            .secret("secondaryEncryptionKey", "k2"),
        component("literal", "state.ok").value("primaryEncryptionKey", key));
    StateEncryption both = Objects.requireNonNull(state("both").encryption());
    assertThat(both.primary().name()).isEqualTo("k1");
    assertThat(both.secondary()).isNotNull().extracting(StateEncryption.Key::name).isEqualTo("k2");
    assertThat(state("secondary").encryption()).isNull();
    assertThat(state("literal").encryption()).isNull();
    assertLogged("info", "automatic encryption enabled for state store both");
    assertLogged("warning", "values are stored unencrypted");
    assertThat(log.lines()).noneMatch(line -> line.contains(key));
    Draft tooShort =
        component("short", "state.ok").secretStore("sec").secret("primaryEncryptionKey", "short");
    assertThatThrownBy(() -> loading().reload(resources(sec, tooShort)))
        .hasMessageContaining(
            "[CREATE_COMPONENT_FAILURE]: initialization error occurred for short (state.ok/v1): crypto/aes:"
                + " invalid key size 3");
    Draft lost =
        component("lost", "state.ok").secretStore("sec").secret("primaryEncryptionKey", "x");
    assertThatThrownBy(() -> loading().reload(resources(sec, lost)))
        .hasMessageContaining("failed to extract encryption key: secret x not found");
  }
}
