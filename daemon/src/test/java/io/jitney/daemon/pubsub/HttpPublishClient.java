package io.jitney.daemon.pubsub;

import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.Sidecar;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

final class HttpPublishClient implements PublishClient {
  private final HttpApiClient http;

  HttpPublishClient(Sidecar sidecar) {
    http = sidecar.http();
  }

  @Override
  public Result publish(
      String pubSub, String topic, byte[] data, String contentType, Map<String, String> metadata) {
    String path = "/v1.0/publish/" + escaped(pubSub) + "/" + escaped(topic) + query(metadata);
    return result(
        contentType.isEmpty()
            ? http.call("POST", path, data)
            : http.call("POST", path, data, "content-type", contentType));
  }

  @Override
  public Result bulk(
      String pubSub, String topic, List<Entry> entries, Map<String, String> metadata) {
    JsonArray body = new JsonArray();
    for (Entry entry : entries) {
      JsonObject one =
          new JsonObject()
              .put("entryId", entry.entryId())
              .put("event", entry.data())
              .put("contentType", entry.contentType());
      Map<String, String> own = entry.metadata();
      if (own != null) {
        one.put("metadata", JsonObject.of());
        own.forEach(one.getJsonObject("metadata")::put);
      }
      body.add(one);
    }
    return result(
        http.post(
            "/v1.0/publish/bulk/" + escaped(pubSub) + "/" + escaped(topic) + query(metadata),
            body.encode(),
            "content-type",
            "application/json"));
  }

  private static String query(Map<String, String> metadata) {
    return metadata.isEmpty()
        ? ""
        : metadata.entrySet().stream()
            .map(one -> "metadata." + escaped(one.getKey()) + "=" + escaped(one.getValue()))
            .collect(Collectors.joining("&", "?", ""));
  }

  private static Result result(HttpApiClient.Answer answer) {
    if (answer.status() == 204) {
      return Result.OK;
    }
    JsonObject body = new JsonObject(answer.text());
    String message = body.getString("message");
    if (message == null) {
      message =
          body.getJsonArray("failedEntries").stream()
              .map(entry -> ((JsonObject) entry).getString("error"))
              .collect(Collectors.joining("\n"));
    }
    String reason =
        body.getJsonArray("details", new JsonArray()).stream()
            .map(detail -> ((JsonObject) detail).getString("reason", ""))
            .collect(Collectors.joining());
    Outcome outcome =
        switch (body.getString("errorCode")) {
          case "ERR_DIRECT_INVOKE" -> Outcome.ABSENT;
          case "ERR_PUBSUB_CLOUD_EVENTS_SER" -> Outcome.INVALID;
          default ->
              switch (answer.status()) {
                case 404 -> Outcome.NOT_FOUND;
                case 400 -> Outcome.INVALID;
                case 403 -> Outcome.DENIED;
                case 500 -> Outcome.FAILED;
                default -> throw new AssertionError(answer.status() + " " + answer.text());
              };
        };
    return new Result(outcome, message, reason);
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {}
}
