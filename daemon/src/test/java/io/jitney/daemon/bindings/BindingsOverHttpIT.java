package io.jitney.daemon.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.Sidecar;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;

class BindingsOverHttpIT extends BindingsApiTests {
  @Override
  BindingsClient connect(Sidecar sidecar) {
    HttpApiClient http = sidecar.http();
    return new BindingsClient() {
      @Override
      public Answer invoke(
          String binding, String operation, String json, Map<String, String> metadata) {
        String body =
            "{\"operation\":%s,\"data\":%s,\"metadata\":%s}"
                .formatted(Json.encode(operation), json, Json.encode(metadata));
        HttpApiClient.Answer answer = http.post("/v1.0/bindings/" + binding, body);
        Map<String, String> found = new HashMap<>();
        answer
            .headers()
            .map()
            .forEach(
                (name, values) -> {
                  if (name.startsWith("metadata.")) {
                    found.put(name.substring("metadata.".length()), values.getFirst());
                  }
                });
        if (answer.status() < 300) {
          return new Answer("", answer.text(), found);
        }
        JsonObject error = new JsonObject(answer.text());
        assertThat(answer.status()).isEqualTo(500);
        assertThat(error.getString("errorCode")).isEqualTo("ERR_INVOKE_OUTPUT_BINDING");
        return new Answer(error.getString("message"), "", found);
      }

      @Override
      public void close() {}
    };
  }
}
