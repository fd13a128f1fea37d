package io.jitney.daemon.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.pool.SharedPools;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.NodeResources;
import io.jitney.daemon.health.InstanceHealth;
import io.jitney.daemon.pubsub.OpenPubSub;
import io.jitney.daemon.pubsub.PubSubChanges;
import io.jitney.daemon.resources.ComponentResource;
import io.jitney.daemon.resources.Configuration;
import io.jitney.daemon.resources.HttpEndpoint;
import io.jitney.daemon.resources.HttpEndpointResource;
import io.jitney.daemon.resources.LoadedResources;
import io.jitney.daemon.resources.Property;
import io.jitney.daemon.resources.Property.SecretRef;
import io.jitney.daemon.resources.Resource;
import io.jitney.daemon.state.KeyClaims;
import io.jitney.daemon.state.StateBinding;
import io.jitney.daemon.state.StateEncryption;
import io.jitney.daemon.telemetry.MicrometerMetrics;
import io.jitney.daemon.testing.RecordedLog;
import io.jitney.daemon.testing.TestSettings;
import io.jitney.tenancy.Instance;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.TenantRegistry;
import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.scope.AppScopes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComponentLoadingTest {
  private static Vertx vertx;

  private final FakeTypes types = new FakeTypes();
  private final RecordedLog log = new RecordedLog();
  private final Map<String, String> environment = new HashMap<>();
  private Configuration configuration = Configuration.DEFAULT;
  private @Nullable AppInstance instance;
  private @Nullable ComponentLoading loading;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /** A component to be; its defaults suit most tests. */
  private static final class Draft {
    private final String name;
    private final String type;
    private String version = "v1";
    private String timeout = "";
    private String store = "";
    private boolean ignoreErrors;
    private final List<Property> properties = new ArrayList<>();

    Draft(String name, String type) {
      this.name = name;
      this.type = type;
    }

    Draft version(String text) {
      version = text;
      return this;
    }

    Draft timeout(String text) {
      timeout = text;
      return this;
    }

    Draft secretStore(String name) {
      store = name;
      return this;
    }

    Draft ignoreErrors() {
      ignoreErrors = true;
      return this;
    }

    Draft value(String property, String value) {
      properties.add(new Property(property, value, null, ""));
      return this;
    }

    Draft secret(String property, String secret) {
      properties.add(new Property(property, null, new SecretRef(secret, ""), ""));
      return this;
    }

    Draft env(String property, String variable) {
      properties.add(new Property(property, null, null, variable));
      return this;
    }

    ComponentResource made() {
      Resource.Metadata metadata = new Resource.Metadata(name, "", store, AppScopes.EVERY_APP);
      return new ComponentResource(metadata, type, version, ignoreErrors, timeout, properties);
    }
  }

  private static Draft component(String name, String type) {
    return new Draft(name, type);
  }

  private static LoadedResources resources(Draft... drafts) {
    return new LoadedResources(
        Arrays.stream(drafts).map(Draft::made).toList(), List.of(), List.of(), List.of());
  }

  private ComponentLoading loading() {
    ComponentLoading made = loading;
    if (made == null) {
      NodeResources node = new NodeResources(vertx, List.of(), new SharedPools());
      made = new ComponentLoading(node, instance(), new KeyClaims(), types);
      loading = made;
    }
    return made;
  }

  private AppInstance instance() {
    AppInstance made = instance;
    if (made == null) {
      InstanceSettings settings =
          TestSettings.of("a", Map.copyOf(environment), List.of(), List.of());
      Instance<AppInstance> entry =
          new TenantRegistry<AppInstance>(Quota.UNLIMITED)
              .open(new TenantId(settings.identityNamespace(), "a"));
      made =
          new AppInstance(
              entry.id(),
              settings,
              configuration,
              log,
              new MicrometerMetrics("a", "", configuration.metrics()),
              entry.tenant(),
              new InstanceHealth());
      instance = made;
    }
    return made;
  }

  private void load(Draft... drafts) throws Exception {
    loading().load(resources(drafts));
  }

  private List<String> loaded() {
    return instance().components().loaded().stream().map(ComponentSet.Loaded::name).toList();
  }

  private String opened(String component, String property) {
    ComponentSpec spec =
        types.opened.stream().filter(one -> one.name().equals(component)).findFirst().orElseThrow();
    return String.valueOf(spec.metadata().exact(property));
  }

  private void assertLogged(String level, String text) {
    assertThat(log.lines())
        .anyMatch(line -> line.startsWith("level=" + level) && line.contains(text));
  }

  @Test
  void secretStoresComeFirstTheRestInFileOrder() throws Exception {
    load(
        component("z", "state.ok"), component("s", "secretstores.map"), component("b", "state.ok"));
    assertThat(loaded()).containsExactly("s", "z", "b");
    assertLogged("info", "Component loaded: z (state.ok/v1)");
    assertThat(instance().components().loaded().get(1))
        .isEqualTo(
            new ComponentSet.Loaded(
                "z", "state.ok", "v1", List.of("ETAG", "TRANSACTIONAL", "ACTOR")));
    assertThat(instance().metrics().scrape())
        .contains("dapr_runtime_component_loaded")
        .contains("dapr_runtime_component_init_total{")
        .doesNotContain("init_fail_total{");
  }

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
  void componentsWithoutNameAreSilentlyAbsent() throws Exception {
    load(component("", "state.nosuch"), component("x", "state.ok"));
    assertThat(loaded()).containsExactly("x");
    assertThat(log.lines()).noneMatch(line -> line.contains("nosuch"));
  }

  /** What ends the start, and what daprd says. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "state.nosuch | v1 | [INIT_COMPONENT_FAILURE]: initialization error occurred for x (state.nosuch/v1):"
            + " [CREATE_COMPONENT_FAILURE]: initialization error occurred for x (state.nosuch/v1): couldn't find"
            + " state store state.nosuch/v1",
        "state.fails | v1 | [INIT_COMPONENT_FAILURE]: initialization error occurred for x (state.fails/v1):"
            + " [INIT_COMPONENT_FAILURE]: initialization error occurred for x (state.fails/v1): no way",
        "state.throws | v1 | [INIT_COMPONENT_FAILURE]: initialization error occurred for x (state.throws/v1):"
            + " [INIT_COMPONENT_FAILURE]: initialization error occurred for x (state.throws/v1): bug",
        "secretstores.nosuch | v1 | [INIT_COMPONENT_FAILURE]: initialization error occurred for x"
            + " (secretstores.nosuch/v1): [CREATE_COMPONENT_FAILURE]: initialization error occurred for x"
            + " (secretstores.nosuch/v1): couldn't find secret store secretstores.nosuch/v1",
        "pubsub.nosuch | v1 | [INIT_COMPONENT_FAILURE]: initialization error occurred for x (pubsub.nosuch/v1):"
            + " [CREATE_COMPONENT_FAILURE]: initialization error occurred for x (pubsub.nosuch/v1): couldn't find"
            + " message bus pubsub.nosuch/v1",
        "pubsub.redis | v2 | [INIT_COMPONENT_FAILURE]: initialization error occurred for x (pubsub.redis/v2):"
            + " [CREATE_COMPONENT_FAILURE]: initialization error occurred for x (pubsub.redis/v2): couldn't find"
            + " message bus pubsub.redis/v2",
        "bindings.nosuch | v1 | [INIT_COMPONENT_FAILURE]: initialization error occurred for x (bindings.nosuch/v1):"
            + " couldn't find binding x (bindings.nosuch/v1)",
        "middleware.http.nosuch | v1 | [INIT_COMPONENT_FAILURE]: initialization error occurred for x"
            + " (middleware.http.nosuch/v1): [CREATE_COMPONENT_FAILURE]: initialization error occurred for x"
            + " (middleware.http.nosuch/v1): HTTP middleware middleware.http.nosuch/v1 has not been registered",
        "State.ok | v1 | incorrect type State.ok",
        "foo.bar | v1 | incorrect type foo.bar",
        "workflow.dapr | v1 | incorrect type workflow.dapr",
        "state | v1 | incorrect type state",
      })
  void failuresEndTheStart(String type, String version, String message) {
    assertThatThrownBy(
            () -> load(component("x", type).version(version), component("y", "state.ok")))
        .isInstanceOfSatisfying(
            StartupFailure.class, failure -> assertThat(failure.exitCode()).isEqualTo(1))
        .hasMessage("process component x error: " + message);
    assertThat(loaded()).isEmpty();
  }

  @Test
  void withIgnoreErrorsTheOthersAreLoaded() throws Exception {
    load(
        component("x", "state.fails").ignoreErrors(),
        component("y", "state.nosuch").ignoreErrors(),
        component("z", "foo.bar").ignoreErrors(),
        component("good", "state.ok"));
    assertThat(loaded()).containsExactly("good");
    assertLogged("error", "Failed to init component x (state.fails/v1): [INIT_COMPONENT_FAILURE]");
    assertLogged("error", "process component z error: incorrect type foo.bar");
    assertThat(instance().metrics().scrape())
        .contains("component=\"state.fails\"")
        .contains("component=\"state.nosuch\"")
        .contains("reason=\"creation\"")
        .contains("reason=\"init\"");
  }

  @ParameterizedTest
  @CsvSource({
    "pubsub.redis, v1",
    "bindings.CRON, ''",
    "lock.redis, V1",
    "middleware.http.bearer, v0"
  })
  void kindsThatAreNotServedYetAreNamedAndSkipped(String type, String version) throws Exception {
    load(component("x", type).version(version), component("good", "state.ok"));
    assertThat(loaded()).containsExactly("good");
    assertLogged(
        "error",
        "component x (%s/%s) is of a kind this version does not serve yet; skipped"
            .formatted(type, version.isEmpty() ? "v1" : version));
  }

  @ParameterizedTest
  @CsvSource({"state.hangs", "state.blocks"})
  void openingsEndWithTheInitTimeout(String type) {
    assertThatThrownBy(() -> load(component("x", type).timeout("50ms")))
        .hasMessageContaining("init timeout for component x (" + type + "/v1) exceeded after 50ms");
    assertThat(loaded()).isEmpty();
  }

  @Test
  void whatBlocksIsInterruptedAndWhatComesLateIsClosed() throws Exception {
    load(
        component("x", "state.blocks").timeout("10ms").ignoreErrors(),
        component("y", "state.hangs").timeout("10ms").ignoreErrors());
    assertThat(types.interrupted.await(5, TimeUnit.SECONDS)).isTrue();
    types.hanging.complete(types.new Store());
    assertThat(types.closed).hasValue(1);
    assertThat(loaded()).isEmpty();
  }

  @Test
  void theInitTimeoutIsTakenLiterally() throws Exception {
    load(component("soon", "state.ok").timeout("soon"));
    assertThatThrownBy(() -> load(component("zero", "state.ok").timeout("0s")))
        .hasMessageContaining("init timeout for component zero (state.ok/v1) exceeded after 0s");
    assertThat(loaded()).containsExactly("soon");
  }

  @Test
  void secretsReplaceValuesAndMissingOnesLeaveThem() throws Exception {
    Property both = new Property("both", "literal", new SecretRef("s", ""), "");
    Property lost = new Property("lost", "literal", new SecretRef("nope", ""), "");
    Property field = new Property("field", "literal", new SecretRef("s", "other"), "");
    Draft x = component("x", "state.ok").secretStore("sec").secret("p", "s").secret("q", "nope");
    x.properties.addAll(List.of(both, lost, field));
    load(x, component("sec", "secretstores.map").value("s", "secret"));
    assertThat(opened("x", "p")).isEqualTo("secret");
    assertThat(opened("x", "q")).isEmpty();
    assertThat(opened("x", "both")).isEqualTo("secret");
    assertThat(opened("x", "lost")).isEqualTo("literal");
    assertThat(opened("x", "field")).isEqualTo("literal");
    assertLogged("error", "Error getting secret: secret nope not found");
    assertThat(log.lines()).filteredOn(line -> line.contains("nope not found")).hasSize(1);
  }

  @Test
  void componentsWaitForTheirSecretStore() throws Exception {
    load(
        component("two", "secretstores.map").secretStore("one").secret("k", "s"),
        component("x", "state.ok").secretStore("two").secret("p", "k"),
        component("one", "secretstores.map").value("s", "deep"),
        component("good", "state.ok"));
    assertThat(loaded()).containsExactly("one", "two", "x", "good");
    assertThat(opened("x", "p")).isEqualTo("deep");
    assertLogged("warning", "Component two references a secret store that isn't loaded: one");
  }

  @Test
  void withoutTheirSecretStoreTheyAreAbsent() throws Exception {
    load(
        component("x", "state.ok").secretStore("nowhere").secret("p", "k"),
        component("literal", "state.ok").secretStore("nowhere").value("p", "v"),
        component("unnamed", "state.ok").secret("p", "k").env("e", "E"));
    assertThat(loaded()).containsExactly("literal", "unnamed");
    assertThat(opened("unnamed", "p")).isEmpty();
    assertLogged("warning", "Component x references a secret store that isn't loaded: nowhere");
  }

  @Test
  void aFailedDependantThatMayBeMissingDoesNotHurtItsSecretStore() throws Exception {
    load(
        component("s", "secretstores.map").secretStore("t").secret("a", "k").ignoreErrors(),
        component("u", "secretstores.fails").secretStore("t").secret("a", "k").ignoreErrors(),
        component("t", "secretstores.map").value("k", "v"));
    assertThat(loaded()).containsExactly("t", "s");
  }

  @Test
  void environmentIsTheInstancesOwn() throws Exception {
    environment.putAll(
        Map.of("MINE", "m", "DAPR_X", "no", "APP_API_TOKEN", "no", "dapr_low", "no"));
    load(
        component("x", "state.ok")
            .env("mine", "MINE")
            .env("dapr", "DAPR_X")
            .env("token", "APP_API_TOKEN")
            .env("low", "dapr_low")
            .env("unset", "PATH")
            .env("blank", "A B"));
    assertThat(opened("x", "mine")).isEqualTo("m");
    for (String refused : List.of("dapr", "token", "low", "blank")) {
      assertThat(opened("x", refused)).isEmpty();
    }
    assertThat(opened("x", "unset")).isEmpty();
    assertLogged("warning", "Component x references an env variable that isn't allowed: DAPR_X");
    assertThat(log.lines()).filteredOn(line -> line.contains("isn't allowed")).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource({
    "ONE, true",
    "one, true",
    "THREE, true",
    "TWO, false",
    "ON, false",
    "DAPR_ONE, false"
  })
  void aListNarrowsTheEnvironment(String name, boolean allowed) {
    assertThat(ReferenceResolver.allowed(name, "ONE THREE DAPR_ONE")).isEqualTo(allowed);
  }

  @Test
  void placeholders() throws Exception {
    environment.putAll(Map.of("NAMESPACE", "prod", "POD_NAME", "pod-7"));
    load(
        component("x", "state.ok")
            .value("ids", "{appID}/{namespace}/{podName}/{appid}/{other}")
            .value("uuids", "{uuid} {uuid}"));
    assertThat(opened("x", "ids")).isEqualTo("a/prod.a/pod-7/{appid}/{other}");
    String[] uuids = opened("x", "uuids").split(" ", 2);
    assertThat(uuids[0]).hasSize(36).isNotEqualTo(uuids[1]);
  }

  @Test
  void thePodMustHaveAName() {
    assertThatThrownBy(() -> load(component("x", "state.ok").value("p", "{podName}")))
        .hasMessageContaining("property p refers to {podName} but podName is not set");
  }

  @Test
  void ofAPropertyThatIsThereTwiceTheLastCounts() throws Exception {
    load(component("x", "state.ok").value("p", "first").value("p", "second"));
    assertThat(opened("x", "p")).isEqualTo("second");
  }

  private StateBinding state(String name) {
    return Objects.requireNonNull(instance().components().state(name));
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

  @Test
  void deniedTypesAreLeftOutAndAListWantsVersions() throws Exception {
    configuration = denying("state.ok/v2", "secretstores.map");
    load(
        component("one", "state.ok"),
        component("two", "state.ok").version("v2"),
        component("three", "state.ok").version(""),
        component("four", "secretstores.map"));
    assertThat(loaded()).containsExactly("one");
    assertLogged(
        "warning",
        "component 'two' cannot be loaded because components of type 'two (state.ok/v2)' are not allowed");
  }

  private static Configuration denying(String... types) {
    Configuration base = Configuration.DEFAULT;
    return new Configuration(
        base.apiAccess(),
        base.accessControl(),
        base.secretScopes(),
        base.tracing(),
        base.apiLogging(),
        base.features(),
        base.metrics(),
        List.of(types),
        base.nameResolution(),
        base.httpPipeline(),
        base.appHttpPipeline());
  }

  @Test
  void httpEndpointsAreResolved() throws Exception {
    environment.put("E", "from-env");
    HttpEndpointResource endpoint =
        new HttpEndpointResource(
            new Resource.Metadata("e", "", "sec", AppScopes.EVERY_APP),
            "http://x",
            List.of(
                new Property("x-secret", null, new SecretRef("s", ""), ""),
                new Property("x-env", null, null, "E"),
                new Property("x-missing", null, new SecretRef("nope", ""), "")),
            new HttpEndpointResource.Tls(
                new Property("rootCA", "CA", null, ""),
                new Property("certificate", null, new SecretRef("s", ""), ""),
                new Property("privateKey", null, null, ""),
                "Never"));
    loading()
        .load(
            new LoadedResources(
                List.of(component("sec", "secretstores.map").value("s", "secret").made()),
                List.of(endpoint),
                List.of(),
                List.of()));
    assertThat(instance().httpEndpoints())
        .containsExactly(
            new HttpEndpoint(
                "e",
                "http://x",
                Map.of("x-secret", "secret", "x-env", "from-env", "x-missing", ""),
                new HttpEndpoint.ClientTls("CA", "secret", "", "Never")));
  }

  @Test
  void closingClosesEverythingOnceAndLetsNothingIn() throws Exception {
    load(component("s", "secretstores.map"), component("x", "state.ok"));
    loading().close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
    loading().close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
    assertThat(types.closed).hasValue(2);
    assertThatThrownBy(() -> load(component("late", "state.ok")))
        .hasMessageContaining("the instance is closing");
    assertThat(types.closed).hasValue(3);
  }

  @Test
  void reloadClosesWhatIsGoneOrOtherAndOpensTheRest() throws Exception {
    load(
        component("same", "state.ok"),
        component("other", "state.ok"),
        component("gone", "state.ok"));
    StateBinding same = state("same");
    StateBinding other = state("other");
    loading()
        .reload(
            resources(
                component("same", "state.ok"),
                component("other", "state.ok").value("p", "new"),
                component("new", "state.ok")));
    assertThat(loaded()).containsExactly("same", "other", "new");
    assertThat(state("same")).isSameAs(same);
    assertThat(state("other")).isNotSameAs(other);
    assertThat(types.closed).hasValue(2);
  }

  @Test
  void reloadTriesAgainWhatFailed() throws Exception {
    load(component("x", "state.hangs").ignoreErrors().timeout("10ms"));
    assertThat(loading().incomplete()).isTrue();
    types.hanging.complete(types.new Store());
    loading().reload(resources(component("x", "state.hangs").ignoreErrors().timeout("10ms")));
    assertThat(loaded()).containsExactly("x");
    assertThat(loading().incomplete()).isFalse();
  }

  @Test
  void aSecretStoreThatComesLaterReleasesWhatWaits() throws Exception {
    Draft waiting = component("x", "state.ok").secretStore("sec").secret("p", "s");
    load(waiting);
    assertThat(loaded()).isEmpty();
    loading().reload(resources(waiting, component("sec", "secretstores.map").value("s", "v")));
    assertThat(loaded()).containsExactly("sec", "x");
    loading().reload(resources(component("sec", "secretstores.map").value("s", "v")));
    assertThat(loaded()).containsExactly("sec");
  }

  @Test
  void aNewComponentThatFailsEndsTheInstance() throws Exception {
    load(component("x", "state.ok"));
    assertThatThrownBy(
            () ->
                loading()
                    .reload(resources(component("x", "state.ok"), component("y", "state.fails"))))
        .isInstanceOf(StartupFailure.class);
  }
}
