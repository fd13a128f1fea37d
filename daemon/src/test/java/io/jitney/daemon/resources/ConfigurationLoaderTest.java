package io.jitney.daemon.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.daemon.instance.StartupFailure;
import io.jitney.daemon.telemetry.Tracing;
import io.jitney.daemon.testing.RecordedLog;
import io.jitney.daemon.testing.TestSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationLoaderTest {
  @TempDir Path folder;
  private final RecordedLog log = new RecordedLog();

  private Configuration load(Map<String, String> environment, String... files) throws Exception {
    List<Path> paths = new ArrayList<>();
    for (String text : files) {
      paths.add(Files.writeString(folder.resolve("c" + paths.size() + ".yaml"), text));
    }
    return ConfigurationLoader.load(TestSettings.of("a", environment, List.of(), paths), log);
  }

  private Configuration spec(String spec) throws Exception {
    return load(
        Map.of(), "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nspec:\n" + spec.indent(2));
  }

  @Test
  void withoutFilesItIsTheDefault() throws Exception {
    assertThat(load(Map.of())).isSameAs(Configuration.DEFAULT);
    assertThat(load(Map.of(), "")).hasToString(Configuration.DEFAULT.toString());
    assertThat(Configuration.DEFAULT.enabled(Configuration.HOT_RELOAD)).isTrue();
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void kindIsNotLookedAtAndUnknownFieldsAreIgnored() throws Exception {
    Configuration read =
        load(Map.of(), "kind: Whatever\nspec: {color: red, logging: {apiLogging: {enabled: yes}}}");
    assertThat(read.apiLogging().enabled()).isTrue();
  }

  @Test
  void variablesComeFromTheInstancesEnvironment() throws Exception {
    Configuration read =
        load(
            Map.of("RATE", "1"),
            "spec: {tracing: {samplingRate: \"$RATE\"}, components: {deny: [\"${NONE}x\"]}}");
    assertThat(read.tracing()).isEqualTo(new Tracing(Tracing.Mode.SPANS, 1));
    assertThat(read.deniedComponents()).containsExactly("x");
    assertThat(load(Map.of(), "spec: {tracing: {samplingRate: \"$HOME\"}}").tracing())
        .isEqualTo(Tracing.PROPAGATE);
  }

  @Test
  void filesLieOneOverTheOther() throws Exception {
    Configuration read =
        load(
            Map.of(),
            "spec: {components: {deny: [a, b]}, metrics: {enabled: false, http: {excludeVerbs: true}}}",
            "spec: {components: {deny: [c]}, metrics: {http: {increasedCardinality: false}}, tracing: null}");
    assertThat(read.deniedComponents()).containsExactly("c");
    assertThat(read.metrics().enabled()).isFalse();
    assertThat(read.metrics().excludeVerbs()).isTrue();
    assertThat(read.metrics().increasedCardinality()).isFalse();
  }

  @Test
  void metricsOverridesMetric() throws Exception {
    Configuration read =
        spec(
            """
            metric: {enabled: false, recordErrorCodes: true, latencyDistributionBuckets: [1, 2]}
            metrics: {enabled: true, http: {pathMatching: ['/a/{id}']}}
            """);
    assertThat(read.metrics())
        .isEqualTo(
            new Configuration.Metrics(true, true, true, false, List.of("/a/{id}"), List.of(1, 2)));
  }

  @Test
  void featuresKeepTheirDefaultsUnlessNamed() throws Exception {
    Configuration read =
        spec(
            "features: [{name: HotReload, enabled: false}, {name: Mine, enabled: true}, {name: Other}]");
    assertThat(read.features()).containsExactly("WorkflowsRemoteActivityReminder", "Mine");
    assertThat(read.enabled(Configuration.HOT_RELOAD)).isFalse();
  }

  @Test
  void secretScopes() throws Exception {
    Configuration read =
        spec("secrets: {scopes: [{storeName: s, defaultAccess: DENY, allowedSecrets: [x]}]}");
    assertThat(read.secretScopes().allows("s", "x")).isTrue();
    assertThat(read.secretScopes().allows("s", "y")).isFalse();
    assertThat(read.secretScopes().allows("t", "y")).isTrue();
  }

  @Test
  void accessControl() throws Exception {
    Configuration read =
        spec(
            """
            accessControl:
              trustDomain: ""
              policies:
              - appId: b
                defaultAction: deny
                trustDomain: public
                namespace: default
                operations: [{name: /x, httpVerb: [GET, '*'], action: allow}]
            """);
    assertThat(read.accessControl())
        .isEqualTo(
            new AccessControl(
                "allow",
                "public",
                List.of(
                    new AccessControl.Policy(
                        "b",
                        "deny",
                        "public",
                        "default",
                        List.of(
                            new AccessControl.Operation("/x", List.of("GET", "*"), "allow"))))));
    AccessControl empty = spec("accessControl: {defaultAction: \"\"}").accessControl();
    assertThat(empty).isEqualTo(new AccessControl("", "public", List.of()));
    assertThat(spec("tracing: {}").accessControl()).isNull();
  }

  @Test
  void pipelinesAndNameResolutionDefaultToVersionOne() throws Exception {
    Configuration read =
        spec(
            """
            httpPipeline: {handlers: [{name: m, type: middleware.http.uppercase}]}
            appHttpPipeline: {handlers: [{name: n, type: middleware.http.bearer, version: v2}]}
            nameResolution: {component: mdns, configuration: {a: [1]}}
            """);
    assertThat(read.httpPipeline().handlers())
        .containsExactly(new Pipeline.Handler("m", "middleware.http.uppercase", "v1"));
    assertThat(read.appHttpPipeline().handlers())
        .containsExactly(new Pipeline.Handler("n", "middleware.http.bearer", "v2"));
    assertThat(read.nameResolution()).isEqualTo(new Configuration.NameResolution("mdns", "v1"));
  }

  @Test
  void whatHasNoEffectIsReportedOnce() throws Exception {
    spec(
        """
        tracing: {samplingRate: "1", zipkin: {endpointAddress: "http://z"}}
        workflow: {maxConcurrentWorkflowInvocations: 5}
        mtls: {enabled: true}
        """);
    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith("level=warning")
        .contains("without effect in this version: spec.tracing.zipkin, spec.workflow");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "a: [ | error loading configuration: yaml: ",
        "[] | error loading configuration: yaml: unmarshal errors",
        "spec: {logging: {apiLogging: {enabled: 5}}} | cannot unmarshal number into spec.logging.apiLogging.enabled",
        "spec: {api: {allowed: state}} | cannot unmarshal string into spec.api.allowed",
        "spec: {secrets: {scopes: [{storeName: s}, {storeName: s}]}} | s storeName is repeated in secrets configuration",
        "spec: {secrets: {scopes: [{storeName: s, defaultAccess: maybe}]}} | defaultAccess maybe can be either allow or deny",
        "spec: {tracing: {otel: {protocol: carrier-pigeon}}} | invalid protocol carrier-pigeon provided for Otel endpoint",
        "spec: {accessControl: {policies: [{appId: x, namespace: default}]}} | missing trustdomain for apps: [x]",
        "spec: {accessControl: {policies: [{appId: x, trustDomain: t}]}} | missing namespace for apps: [x]",
        "spec: {accessControl: {policies: [{namespace: n, trustDomain: t}]}} | at least one of the app policies: true",
      })
  void badFilesEndTheStart(String text, String message) {
    assertThatThrownBy(() -> load(Map.of(), text))
        .isInstanceOfSatisfying(
            StartupFailure.class, failure -> assertThat(failure.exitCode()).isEqualTo(1))
        .hasMessageContaining(message);
  }

  @Test
  void missingFilesEndTheStart() {
    Path missing = folder.resolve("nowhere.yaml");
    assertThatThrownBy(
            () ->
                ConfigurationLoader.load(
                    TestSettings.of("a", Map.of(), List.of(), List.of(missing)), log))
        .hasMessage("error loading configuration: stat " + missing + ": no such file or directory");
    assertThatThrownBy(
            () ->
                ConfigurationLoader.load(
                    TestSettings.of("a", Map.of(), List.of(), List.of(folder)), log))
        .hasMessageContaining("is a directory");
  }
}
