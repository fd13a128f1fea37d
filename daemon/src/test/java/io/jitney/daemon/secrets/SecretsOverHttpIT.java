package io.jitney.daemon.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsOverHttpIT extends SecretsApiTests {
  @TempDir Path files;

  @Override
  SecretsClient connect(Sidecar sidecar) {
    return new HttpSecretsClient(sidecar);
  }

  @Test
  void bodiesAreReadAndNamesDecoded() throws Exception {
    Path file =
        Files.writeString(
            files.resolve("s.json"), "{\"a/b\": \"1\", \"p+q\": \"2\", \"bulk\": \"<3>\"}");
    HttpApiClient http =
        DAEMON
            .open(
                SidecarSpec.app("a")
                    .component("f", "secretstores.local.file", "secretsFile", file.toString()))
            .http();
    assertThat(http.get("/v1.0/secrets/f/a%2Fb").text()).isEqualTo("{\"a/b\":\"1\"}\n");
    assertThat(http.get("/v1.0/secrets/f/p%2Bq?metadata.x=y").text())
        .isEqualTo("{\"p+q\":\"2\"}\n");
    HttpApiClient.Answer bulk = http.get("/v1.0/secrets/f/bulk");
    assertThat(bulk.text())
        .isEqualTo(
            "{\"a/b\":{\"a/b\":\"1\"},\"bulk\":{\"bulk\":\"\\u003c3\\u003e\"},\"p+q\":{\"p+q\":\"2\"}}\n");
    assertThat(bulk.header("content-type")).contains("application/json");
    HttpApiClient.Answer broken =
        http.call("GET", "/v1.0/secrets/f/a%2Fb", "{".getBytes(StandardCharsets.UTF_8));
    assertThat(broken.status()).isEqualTo(400);
    assertThat(broken.text())
        .contains("ERR_MALFORMED_REQUEST", "failed deserializing HTTP body: proto:");
    HttpApiClient.Answer odd =
        http.call(
            "GET",
            "/v1.0/secrets/f/a%2Fb",
            "{\"key\":\"x\",\"z\":1}".getBytes(StandardCharsets.UTF_8));
    assertThat(odd.text()).isEqualTo("{\"a/b\":\"1\"}\n");
    assertThat(http.post("/v1.0/secrets/f/bulk", "").status()).isNotEqualTo(200);
  }
}
