package io.jitney.daemon.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.daemon.instance.StartupFailure;
import io.jitney.daemon.testing.RecordedLog;
import io.jitney.daemon.testing.TestSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ResourceLoaderTest {
  @TempDir Path folder;
  private final RecordedLog log = new RecordedLog();

  private static String component(String name, String... more) {
    return "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: "
        + name
        + "\nspec:\n  type: state.x\n  version: v1\n"
        + String.join("\n", more)
        + "\n";
  }

  private void file(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private LoadedResources load() throws StartupFailure {
    return load("a", "");
  }

  private LoadedResources load(String appId, String namespace) throws StartupFailure {
    return ResourceLoader.load(
        TestSettings.of(appId, Map.of("NAMESPACE", namespace), List.of(folder), List.of()), log);
  }

  private static List<String> names(LoadedResources resources) {
    return resources.components().stream().map(ComponentResource::name).toList();
  }

  /** One file; the names of the components it gives app a. */
  static Stream<Arguments> files() {
    return Stream.of(
        Arguments.of("one", component("one"), List.of("one")),
        Arguments.of("empty", "", List.of()),
        Arguments.of("comment", "# nothing\n", List.of()),
        Arguments.of("null", "null\n", List.of()),
        Arguments.of(
            "several, empty ones between, marker with comment",
            "---\n"
                + component("one")
                + "---\n---\n# none\n--- # two\n"
                + component("two")
                + "---\n",
            List.of("one", "two")),
        Arguments.of(
            "text on the marker's line is dropped",
            component("one")
                + "--- {a: b}\n"
                + component("two")
                + "---dropped\n"
                + component("three"),
            List.of("one", "two", "three")),
        Arguments.of(
            "no line end after the last marker",
            component("one") + "---\n" + component("two") + "--- x",
            List.of("one", "two")),
        Arguments.of(
            "CRLF",
            (component("one") + "---\n" + component("two")).replace("\n", "\r\n"),
            List.of("one", "two")),
        Arguments.of(
            "broken between",
            component("one") + "---\nkind: Component\nmetadata: [\n---\n" + component("two"),
            List.of("one", "two")),
        Arguments.of("other kind", component("one").replace("Component", "Whatever"), List.of()),
        Arguments.of(
            "kind in other case", component("one").replace("Component", "component"), List.of()),
        Arguments.of("other version", component("one").replace("v1alpha1", "v1alpha2"), List.of()),
        Arguments.of("no kind", "apiVersion: dapr.io/v1alpha1\nmetadata: {name: x}\n", List.of()),
        Arguments.of("unknown fields", component("one", "color: red"), List.of("one")),
        Arguments.of(
            "fields in any case",
            "APIVERSION: dapr.io/v1alpha1\nKind: Component\nMetadata: {NAME: one}\nSpec: {TYPE: state.x}\n",
            List.of("one")),
        Arguments.of("name that is no text", component("007"), List.of("7")),
        Arguments.of("name that is a text", component("\"007\""), List.of("007")),
        Arguments.of("name n", component("n"), List.of("false")),
        Arguments.of("name of any letters", component("\"é a:b\""), List.of("é a:b")),
        Arguments.of("name with slash", component("a/b"), List.of()),
        Arguments.of("name with percent", component("\"a%b\""), List.of()),
        Arguments.of("name .", component("."), List.of()),
        Arguments.of("name ..", component("\"..\""), List.of()),
        Arguments.of("no name", component("\"\""), List.of("")),
        Arguments.of("name that is a list", component("[x]"), List.of()),
        Arguments.of("scopes that are no list", component("x", "scopes: a"), List.of()),
        Arguments.of(
            "metadata that is no list",
            component("x").replace("version: v1", "metadata: {a: b}"),
            List.of()),
        Arguments.of(
            "flag that is none",
            component("x").replace("version: v1", "ignoreErrors: \"yes\""),
            List.of()),
        Arguments.of("in scope", component("x", "scopes: [b, a, a]"), List.of("x")),
        Arguments.of("empty scopes", component("x", "scopes: []"), List.of("x")),
        Arguments.of("out of scope", component("x", "scopes: [A, 'a ', 'a*']"), List.of()),
        Arguments.of(
            "out of scope is no duplicate",
            component("x", "scopes: [b]") + "---\n" + component("x"),
            List.of("x")),
        Arguments.of(
            "document over 64 KiB",
            component("one")
                + "---\n"
                + component("big", "# " + "x".repeat(70_000))
                + "---\n"
                + component("two"),
            List.of("one", "two")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void documentsOfAFile(String about, String text, List<String> expected) throws Exception {
    file("c.yaml", text);
    assertThat(names(load())).isEqualTo(expected);
  }

  @Test
  void filesAreReadInNameOrderAndOnlyYamlOnes() throws Exception {
    file("b.yaml", component("b1") + "---\n" + component("b2"));
    file("a.YML", component("z"));
    file(".hidden.yaml", component("hidden"));
    file("c.json", component("json"));
    file("yaml", component("yaml"));
    Files.createDirectories(folder.resolve("d.yaml"));
    Files.createDirectories(folder.resolve("deeper"));
    Files.writeString(folder.resolve("deeper/e.yaml"), component("deep"));
    assertThat(names(load())).containsExactly("hidden", "z", "b1", "b2");
    assertThat(log.lines())
        .containsExactlyInAnyOrder(
            warning("A non-YAML Component file c.json was detected, it will not be loaded"),
            warning("A non-YAML Component file yaml was detected, it will not be loaded"));
  }

  private static String warning(String message) {
    return "level=warning msg=\"" + message + "\" scope=dapr.runtime.loader.disk";
  }

  @Test
  void whatIsSkippedIsWarnedAboutWithoutItsContents() throws Exception {
    file(
        "c.yaml", component("a/b") + "---\npassword: hunter2\nx: [hunter2\n---\nkind: [hunter2]\n");
    load();
    assertThat(log.lines())
        .hasSize(3)
        .allMatch(line -> line.startsWith("level=warning") && line.contains("c.yaml"));
    assertThat(log.lines().get(0))
        .contains("invalid name \"a/b\" for \"Component\": may not contain '/'");
    assertThat(log.lines().get(1))
        .contains("(document 2): error converting YAML to JSON: yaml: line ");
    assertThat(log.lines().get(2))
        .contains("cannot unmarshal array into Go struct field kind of type string");
    assertThat(log.lines()).noneMatch(line -> line.contains("hunter2"));
  }

  @Test
  void aResiliencyThatDaprdWouldNotSeeIsToldOf() throws Exception {
    String resiliency = "kind: Resiliency\nmetadata:\n  name: ";
    file("c.yaml", resiliency + "first\n---\n" + resiliency + "second\n");

    assertThat(load().resiliencies())
        .extracting(known -> known.metadata().name())
        .containsExactly("first");
    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith("level=warning")
        .contains("(document 2): ", "first document of a file only", "second");
  }

  @Test
  void namespacesCountOnlyWhereTheAppHasOne() throws Exception {
    file("a.yaml", component("free"));
    file("b.yaml", component("mine").replace("name:", "namespace: prod\n  name:"));
    file("c.yaml", component("other").replace("name:", "namespace: dev\n  name:"));
    assertThat(names(load("a", "prod"))).containsExactly("free", "mine");
    assertThat(names(load("a", ""))).containsExactly("free", "mine", "other");
  }

  @Test
  void namesOfAnotherNamespaceAreNoDuplicates() throws Exception {
    file("a.yaml", component("x"));
    file("b.yaml", component("x").replace("name:", "namespace: dev\n  name:"));
    assertThat(names(load("a", "prod"))).containsExactly("x");
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(strings = {"", "scopes: [b]"})
  void duplicatesEndTheStartWhoeverTheyAreFor(String scopes) throws Exception {
    file("a.yaml", component("x"));
    file("b.yaml", component("x", scopes));
    assertThatThrownBy(this::load)
        .isInstanceOf(StartupFailure.class)
        .hasMessage(
            "failed to load components: duplicate definition of Component name x (state.x/v1) with existing x"
                + " (state.x/v1)");
  }

  @Test
  void foldersMustBeThere() throws Exception {
    Path missing = folder.resolve("nowhere");
    assertThatThrownBy(
            () ->
                ResourceLoader.load(
                    TestSettings.of("a", Map.of(), List.of(missing), List.of()), log))
        .hasMessage("failed to load components: open " + missing + ": no such file or directory");
    file("f.yaml", component("x"));
    Path file = folder.resolve("f.yaml");
    assertThatThrownBy(
            () ->
                ResourceLoader.load(TestSettings.of("a", Map.of(), List.of(file), List.of()), log))
        .hasMessage("failed to load components: open " + file + ": not a directory");
  }

  @Test
  void componentFields() throws Exception {
    file(
        "c.yaml",
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: x, namespace: ns}
        spec:
          type: state.redis
          version: 1
          ignoreErrors: true
          initTimeout: 1m
          metadata:
          - {name: text, value: "5"}
          - {name: number, value: 1.50}
          - {name: flag, value: yes}
          - {name: tree, value: {b: 1, a: "<x>"}}
          - {name: list, value: [1, 2.0, "3"]}
          - {name: nothing, value: null}
          - {name: empty, value: ""}
          - {name: secret, secretKeyRef: {name: s, key: k}}
          - {name: field, secretKeyRef: {name: s}}
          - {name: env, envRef: E}
        auth: {secretStore: store}
        """);
    ComponentResource x = load().components().getFirst();
    assertThat(x.logName()).isEqualTo("x (state.redis/1)");
    assertThat(x.ignoreErrors()).isTrue();
    assertThat(x.initTimeout()).isEqualTo("1m");
    assertThat(x.metadata().namespace()).isEqualTo("ns");
    assertThat(x.metadata().secretStore()).isEqualTo("store");
    assertThat(x.properties())
        .containsExactly(
            new Property("text", "5", null, ""),
            new Property("number", "1.5", null, ""),
            new Property("flag", "true", null, ""),
            new Property("tree", "{\"a\":\"\\u003cx\\u003e\",\"b\":1}", null, ""),
            new Property("list", "[1,2,\"3\"]", null, ""),
            new Property("nothing", null, null, ""),
            new Property("empty", "", null, ""),
            new Property("secret", null, new Property.SecretRef("s", "k"), ""),
            new Property("field", null, new Property.SecretRef("s", ""), ""),
            new Property("env", null, null, "E"));
    assertThat(x.properties().get(8).secret()).extracting(Property.SecretRef::field).isEqualTo("s");
    assertThat(x.toString() + x.properties()).doesNotContain("<x>").doesNotContain("1.5");
  }

  @Test
  void httpEndpoints() throws Exception {
    String endpoint =
        """
        apiVersion: dapr.io/v1alpha1
        kind: HTTPEndpoint
        metadata: {name: e}
        spec:
          baseUrl: http://x
          headers: [{name: h, value: 1}]
          clientTLS: {rootCA: {value: PEM}, certificate: {secretKeyRef: {name: c}}, renegotiation: Never}
        """;
    file("e.yaml", endpoint);
    HttpEndpointResource e = load().httpEndpoints().getFirst();
    assertThat(e.baseUrl()).isEqualTo("http://x");
    assertThat(e.headers()).containsExactly(new Property("h", "1", null, ""));
    assertThat(e.tls())
        .isEqualTo(
            new HttpEndpointResource.Tls(
                new Property("rootCA", "PEM", null, ""),
                new Property("certificate", null, new Property.SecretRef("c", ""), ""),
                new Property("privateKey", null, null, ""),
                "Never"));
    file("f.yaml", endpoint + "---\n" + component("c"));
    LoadedResources loaded = load();
    assertThat(loaded.httpEndpoints()).isEmpty();
    assertThat(names(loaded)).containsExactly("c");
    assertThat(log.lines())
        .singleElement()
        .asString()
        .contains("duplicate definition of HTTPEndpoint name e");
  }

  @Test
  void kindsThatAreNotServedYetAreNamedOnce() throws Exception {
    String server = component("s").replace("Component", "MCPServer");
    file(
        "s.yaml",
        server
            + "---\n"
            + server
            + "---\n"
            + component("r").replace("Component", "WorkflowAccessPolicy"));
    load();
    assertThat(log.lines())
        .containsExactly(
            warning(
                "resources of kind dapr.io/v1alpha1/MCPServer are not served by this version and have no effect"),
            warning(
                "resources of kind dapr.io/v1alpha1/WorkflowAccessPolicy are not served by this version and have no effect"));
  }

  @Test
  void aFileThatIsNoFileIsWarnedAbout() throws Exception {
    Files.createSymbolicLink(
        folder.resolve("dir.yaml"), Files.createDirectories(folder.resolve("target")));
    Files.createSymbolicLink(folder.resolve("null.yaml"), Path.of("/dev/zero"));
    file("x.yaml", component("x"));
    assertThat(names(load())).containsExactly("x");
    assertThat(log.lines()).hasSize(2).allMatch(line -> line.contains("error when opening file"));
  }
}
