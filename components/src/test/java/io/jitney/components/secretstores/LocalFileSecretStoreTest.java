package io.jitney.components.secretstores;

import static io.jitney.components.testing.TestNode.call;
import static io.jitney.components.testing.TestNode.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.secretstores.localfile.LocalFileSecretStore;
import io.jitney.components.testing.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFileSecretStoreTest {
  private static final String NESTED =
      "{\"db\":{\"user\":\"u\",\"pass\":{\"old\":\"x\",\"new\":\"y\"}},"
          + "\"list\":[\"first\",\"second\",{\"k\":\"third\"}],\"top\":\"t\",\"deep\":{\"a\":{\"b\":{\"c\":\"d\"}}}}";

  @TempDir Path folder;
  private TestNode node = new TestNode(Path.of("."));

  @BeforeEach
  void openNode() {
    node.close();
    node = new TestNode(folder);
  }

  @AfterEach
  void closeNode() {
    node.close();
  }

  private SecretStore open(Map<String, String> metadata) {
    return get(
        LocalFileSecretStore.open(
            TestNode.spec("secretstores.local.file", metadata), node.opening()));
  }

  private SecretStore openWith(String json, Map<String, String> more) {
    try {
      Files.writeString(folder.resolve("secrets.json"), json);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    Map<String, String> metadata = new java.util.HashMap<>(more);
    metadata.put(
        "secretsFile", "secrets.json"); // relative: to the instance's folder, not to the daemon's
    return open(metadata);
  }

  @Test
  void namesAreExact() {
    SecretStore store =
        openWith("{\"one\":\"1\",\"empty\":\"\",\"é€😀\":\"u\",\"\":\"3\"}", Map.of());
    assertThat(get(store.get(call(), "one", Map.of()))).isEqualTo(Map.of("one", "1"));
    assertThat(get(store.get(call(), "empty", Map.of()))).isEqualTo(Map.of("empty", ""));
    assertThat(get(store.get(call(), "é€😀", Map.of()))).isEqualTo(Map.of("é€😀", "u"));
    assertThat(get(store.get(call(), "", Map.of()))).isEqualTo(Map.of("", "3"));
    assertThatThrownBy(() -> get(store.get(call(), "One", Map.of())))
        .hasMessage("secret One not found");
    assertThat(store.features()).isEmpty();
  }

  @Test
  void nestedObjectsAreFlattened() throws IOException {
    SecretStore store = openWith(NESTED, Map.of());
    assertThat(get(store.bulkGet(call(), Map.of())))
        .containsOnlyKeys(
            "db:user",
            "db:pass:old",
            "db:pass:new",
            "list:0",
            "list:1",
            "list:2:k",
            "top",
            "deep:a:b:c");
    assertThat(get(store.get(call(), "list:2:k", Map.of()))).isEqualTo(Map.of("list:2:k", "third"));
    assertThatThrownBy(() -> get(store.get(call(), "db", Map.of())))
        .hasMessage("secret db not found");
    SecretStore dotted = openWith(NESTED, Map.of("nestedSeparator", "."));
    assertThat(get(dotted.get(call(), "db.pass.new", Map.of())))
        .isEqualTo(Map.of("db.pass.new", "y"));
    SecretStore blank = openWith(NESTED, Map.of("nestedSeparator", ""));
    assertThat(get(blank.get(call(), "db:user", Map.of()))).isEqualTo(Map.of("db:user", "u"));
    Files.writeString(folder.resolve("secrets.json"), "{}");
    assertThat(get(blank.get(call(), "db:user", Map.of())))
        .as("the file is read once")
        .isNotEmpty();
  }

  @Test
  void multiValuedGroupsByTheFirstLevel() {
    SecretStore store = openWith(NESTED, Map.of("multiValued", "yes"));
    assertThat(get(store.bulkGet(call(), Map.of())))
        .isEqualTo(
            Map.of(
                "db", Map.of("user", "u", "pass:old", "x", "pass:new", "y"),
                "deep", Map.of("a:b:c", "d"),
                "top", Map.of("top", "t")));
    assertThat(store.features()).containsExactly("MULTIPLE_KEY_VALUES_PER_SECRET");
    assertThatThrownBy(() -> get(store.get(call(), "list", Map.of())))
        .hasMessage("secret list not found");
  }

  @Test
  void otherTypesReadAsInDaprd() {
    SecretStore store =
        openWith(
            "{\"int\":1,\"float\":1.5,\"bool\":true,\"null\":null,\"arr\":[1],\"big\":12345678901,\"mio\":1000000}",
            Map.of());
    assertThat(get(store.bulkGet(call(), Map.of())))
        .containsEntry("int", Map.of("int", "%!s(float64=1)"))
        .containsEntry("float", Map.of("float", "%!s(float64=1.5)"))
        .containsEntry("bool", Map.of("bool", "%!s(bool=true)"))
        .containsEntry("null", Map.of("null", "%!s(<nil>)"))
        .containsEntry("arr:0", Map.of("arr:0", "%!s(float64=1)"))
        .containsEntry("big", Map.of("big", "%!s(float64=1.2345678901e+10)"))
        .containsEntry("mio", Map.of("mio", "%!s(float64=1e+06)"));
  }

  @Test
  void whatCanNotBeOpened() throws IOException {
    assertThatThrownBy(() -> open(Map.of())).hasMessage("missing local secrets file in metadata");
    assertThatThrownBy(() -> open(Map.of("secretsFile", "nope.json")))
        .hasMessage("open nope.json: no such file or directory");
    Files.createDirectory(folder.resolve("dir"));
    assertThatThrownBy(() -> open(Map.of("secretsFile", "dir")))
        .hasMessage("read dir: is a directory");
    assertThatThrownBy(() -> open(Map.of("secretsFile", "/dev/zero")))
        .hasMessage("read /dev/zero: not a regular file");
    assertThatThrownBy(() -> openWith("", Map.of())).hasMessage("unexpected end of JSON input");
    assertThatThrownBy(() -> openWith("{", Map.of())).hasMessage("unexpected end of JSON input");
    assertThatThrownBy(() -> openWith("[1]", Map.of()))
        .hasMessage("json: cannot unmarshal array into Go value of type map[string]interface {}");
    assertThatThrownBy(() -> openWith("{\"pw\":\"s3cret\" x", Map.of()))
        .hasMessageStartingWith("invalid character")
        .hasMessageNotContaining("s3cret");
    assertThat(get(openWith("{}", Map.of()).bulkGet(call(), Map.of()))).isEmpty();
    assertThat(get(openWith("null", Map.of()).bulkGet(call(), Map.of()))).isEmpty();
  }
}
