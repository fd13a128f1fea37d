package io.jitney.daemon.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.daemon.resources.Configuration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which components are loaded at the start, in which order, and which failures end it. */
class ComponentLoadingTest extends ComponentLoadingCase {
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
}
