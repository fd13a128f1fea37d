package io.jitney.daemon.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.Sidecar;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The state API over HTTP. */
final class HttpStateClient implements ApiClient {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Set<String> UNSUPPORTED =
      Set.of("ERR_STATE_STORE_NOT_SUPPORTED", "ERR_NOT_SUPPORTED_STATE_OPERATION");

  private final HttpApiClient client;

  HttpStateClient(Sidecar sidecar) {
    client = sidecar.http();
  }

  @Override
  public Result save(String store, List<Item> items) {
    ArrayNode body = MAPPER.createArrayNode();
    items.forEach(item -> body.add(json(item)));
    return result(client.post(path(store), write(body)));
  }

  @Override
  public Value get(String store, String key) {
    HttpApiClient.Answer answer = client.get(path(store) + "/" + encode(key));
    if (answer.status() != 200) {
      return new Value(result(answer), null, "", Map.of());
    }
    Map<String, String> metadata = new HashMap<>();
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (name.startsWith("metadata.")) {
                metadata.put(name.substring("metadata.".length()), values.getFirst());
              }
            });
    return new Value(result(answer), answer.text(), answer.header("etag").orElse(""), metadata);
  }

  @Override
  public Result delete(String store, String key, @Nullable String etag, String concurrency) {
    String path =
        path(store)
            + "/"
            + encode(key)
            + (concurrency.isEmpty() ? "" : "?concurrency=" + concurrency);
    return result(etag == null ? client.delete(path) : client.delete(path, "If-Match", etag));
  }

  @Override
  public Values bulkGet(String store, List<String> keys) {
    ObjectNode body = MAPPER.createObjectNode();
    ArrayNode list = body.putArray("keys");
    keys.forEach(list::add);
    HttpApiClient.Answer answer = client.post(path(store) + "/bulk", write(body));
    Map<String, Value> values = new HashMap<>();
    List<String> order = new ArrayList<>();
    if (answer.status() == 200) {
      for (JsonNode item : read(answer.text())) {
        Map<String, String> metadata = new HashMap<>();
        item.path("metadata")
            .properties()
            .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asText()));
        String error = item.path("error").asText();
        String data = item.has("data") ? item.get("data").toString() : null;
        String key = item.path("key").asText();
        order.add(key);
        values.put(
            key,
            new Value(
                new Result(error.isEmpty() ? Outcome.OK : Outcome.FAILED, error),
                data,
                item.path("etag").asText(),
                metadata));
      }
    }
    return new Values(result(answer), values, order);
  }

  @Override
  public Result transact(String store, List<Operation> operations) {
    ObjectNode body = MAPPER.createObjectNode();
    ArrayNode list = body.putArray("operations");
    operations.forEach(
        operation ->
            list.addObject()
                .put("operation", operation.type())
                .set("request", json(operation.item())));
    return result(client.post(path(store) + "/transaction", write(body)));
  }

  @Override
  public Result query(String store, String query) {
    return result(client.post("/v1.0-alpha1/state/" + encode(store) + "/query", query));
  }

  private static ObjectNode json(Item item) {
    ObjectNode json = MAPPER.createObjectNode().put("key", item.key());
    json.putRawValue("value", new RawValue(item.value()));
    if (item.etag() != null) {
      json.put("etag", item.etag());
    }
    if (!item.metadata().isEmpty()) {
      ObjectNode metadata = json.putObject("metadata");
      item.metadata().forEach(metadata::put);
    }
    if (!item.concurrency().isEmpty()) {
      json.putObject("options").put("concurrency", item.concurrency());
    }
    return json;
  }

  private static String path(String store) {
    return "/v1.0/state/" + encode(store);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace(".", "%2E");
  }

  private static String write(JsonNode json) {
    try {
      return MAPPER.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode read(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError(json, e);
    }
  }

  private static Result result(HttpApiClient.Answer answer) {
    if (answer.status() == 200 || answer.status() == 204) {
      return new Result(Outcome.OK, "");
    }
    JsonNode error = read(answer.text());
    String code = error.path("errorCode").asText();
    Outcome outcome =
        UNSUPPORTED.contains(code)
            ? Outcome.UNSUPPORTED
            : code.equals("ERR_STATE_STORE_NOT_CONFIGURED")
                ? Outcome.NOT_CONFIGURED
                : switch (answer.status()) {
                  case 400 -> Outcome.INVALID;
                  case 409 -> Outcome.CONFLICT;
                  case 500 -> Outcome.FAILED;
                  default -> throw new AssertionError(answer.status() + ": " + answer.text());
                };
    return new Result(outcome, error.path("message").asText());
  }

  @Override
  public void close() {}
}
