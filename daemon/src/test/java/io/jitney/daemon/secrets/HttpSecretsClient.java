package io.jitney.daemon.secrets;

import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.Sidecar;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

final class HttpSecretsClient implements SecretsClient {
  private final HttpApiClient http;

  HttpSecretsClient(Sidecar sidecar) {
    http = sidecar.http();
  }

  @Override
  public Answer<String> get(String store, String key) {
    return call(escaped(store) + "/" + escaped(key), String::valueOf);
  }

  @Override
  public Answer<Map<String, String>> bulkGet(String store) {
    return call(escaped(store) + "/bulk", value -> map((JsonObject) value, String::valueOf));
  }

  private <T> Answer<T> call(String path, Function<Object, T> read) {
    HttpApiClient.Answer answer = http.get("/v1.0/secrets/" + path);
    JsonObject body = new JsonObject(answer.text());
    if (answer.status() == 200) {
      return new Answer<>(Outcome.OK, "", map(body, read));
    }
    String code = body.getString("errorCode");
    Outcome outcome =
        switch (answer.status() + " " + code) {
          case "500 ERR_SECRET_STORES_NOT_CONFIGURED" -> Outcome.NO_STORES;
          case "401 ERR_SECRET_STORE_NOT_FOUND" -> Outcome.UNKNOWN_STORE;
          case "403 ERR_PERMISSION_DENIED" -> Outcome.DENIED;
          case "500 ERR_SECRET_GET" -> Outcome.FAILED;
          default -> throw new AssertionError(answer.status() + " " + answer.text());
        };
    return new Answer<>(outcome, body.getString("message"), Map.of());
  }

  private static <T> Map<String, T> map(JsonObject object, Function<Object, T> read) {
    Map<String, T> map = new LinkedHashMap<>();
    object.forEach(member -> map.put(member.getKey(), read.apply(member.getValue())));
    return map;
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {}
}
