package io.jitney.daemon.adversary;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.dapr.v1.CommonProtos.Etag;
import io.dapr.v1.CommonProtos.StateItem;
import io.dapr.v1.DaprStateProtos.DeleteStateRequest;
import io.dapr.v1.DaprStateProtos.ExecuteStateTransactionRequest;
import io.dapr.v1.DaprStateProtos.GetBulkStateRequest;
import io.dapr.v1.DaprStateProtos.GetStateRequest;
import io.dapr.v1.DaprStateProtos.QueryStateRequest;
import io.dapr.v1.DaprStateProtos.SaveStateRequest;
import io.dapr.v1.DaprStateProtos.TransactionalStateOperation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Keys that name another app's values, in one Redis that all share. */
class StateIT {
  @RegisterExtension static final AttackedNode node = new AttackedNode();

  /** Names of keys and what they try. */
  private static Map<String, String> keys() {
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("victim||secret", "the victim's key as it is in the store");
    keys.put("||secret", "an empty app id");
    keys.put("||victim||secret", "a prefix before the prefix");
    keys.put("mallory||victim||secret", "the own prefix written out");
    keys.put("../victim||secret", "a path to it");
    keys.put("../victim/secret", "a path without separator");
    keys.put("x\0||victim||secret", "a NUL in front");
    keys.put("\0victim||secret", "a NUL in front of the app id");
    keys.put("victim\u2016secret", "a double bar in one character");
    keys.put("victim\uff5c\uff5csecret", "full-width bars");
    keys.put("victim\u01c0\u01c0secret", "letters that look like bars");
    keys.put("victim|\u200b|secret", "bars with nothing between");
    keys.put("victim| |secret", "bars with a blank between");
    keys.put("victim|\r\n|secret", "bars with a line end between");
    keys.put("secret", "the same key: the own one");
    keys.put("|pipe", "a key that begins with the separator's half");
    keys.put("*", "a pattern");
    keys.put("victim*", "a pattern");
    keys.put("vic?im||secret", "a pattern");
    keys.put("\r\nHGETALL victim||secret\r\n", "a command of Redis");
    keys.put("a\r\n$6\r\nvictim", "a word of Redis' protocol");
    keys.put("{victim}secret", "a hash tag of Redis");
    return keys;
  }

  static String url(String key) {
    return URLEncoder.encode(key, StandardCharsets.UTF_8);
  }

  static String json(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      json.append(String.format("\\u%04x", (int) c));
    }
    return json.append('"').toString();
  }

  @TestFactory
  Stream<DynamicTest> overHttp() {
    Tenant mallory = node.mallory();
    List<Attempt> all = new ArrayList<>();
    all.add(
        Attempt.control(
            "own state",
            () -> {
              mallory.send("POST /v1.0/state/store", "[{\"key\":\"mine\",\"value\":\"m\"}]").ok();
              mallory.ask("GET /v1.0/state/store/mine").ok("\"m\"");
              assertThat(node.victim().keys().values("mallory||mine")).hasSize(1);
              mallory.ask("DELETE /v1.0/state/store/mine").ok();
              assertThat(node.victim().keys().values("mallory||mine")).isEmpty();
            }));
    int at = 0;
    for (Map.Entry<String, String> one : keys().entrySet()) {
      String key = one.getKey();
      String name = ++at + " " + one.getValue();
      all.add(
          Attempt.of(
              "read " + name,
              "GET of " + url(key),
              () -> mallory.ask("GET /v1.0/state/store/" + url(key)).refused(204, 400, 404, 500)));
      all.add(
          Attempt.of(
              "bulk " + name,
              "bulk read of " + url(key),
              () ->
                  mallory
                      .send("POST /v1.0/state/store/bulk", "{\"keys\":[" + json(key) + "]}")
                      .refused(200, 400, 500)));
      all.add(
          Attempt.of(
              "write " + name,
              "save and delete of " + url(key),
              () -> {
                String item = "[{\"key\":" + json(key) + ",\"value\":\"forged\"}]";
                mallory.send("POST /v1.0/state/store", item).refused(204, 400, 500);
                node.victim().mustBeUntouched();
                mallory.ask("DELETE /v1.0/state/store/" + url(key)).refused(204, 400, 404, 500);
              }));
      all.add(
          Attempt.of(
              "transaction " + name,
              "upsert and delete of " + url(key),
              () -> {
                String request = "\"request\":{\"key\":" + json(key) + ",\"value\":\"forged\"}}";
                mallory
                    .send(
                        "POST /v1.0/state/store/transaction",
                        "{\"operations\":[{\"operation\":\"upsert\"," + request + "]}")
                    .refused(204, 400, 500);
                node.victim().mustBeUntouched();
                mallory
                    .send(
                        "POST /v1.0/state/store/transaction",
                        "{\"operations\":[{\"operation\":\"delete\"," + request + "]}")
                    .refused(204, 400, 500);
              }));
    }
    return Attempt.tests(node, all);
  }

  @TestFactory
  Stream<DynamicTest> overGrpc() {
    Tenant mallory = node.mallory();
    List<Attempt> all = new ArrayList<>();
    int at = 0;
    for (Map.Entry<String, String> one : keys().entrySet()) {
      String key = one.getKey();
      StateItem item =
          StateItem.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8("forged")).build();
      all.add(
          Attempt.of(
              "grpc " + ++at + " " + one.getValue(),
              "read, bulk read, save, transaction and delete over gRPC",
              () -> {
                mallory
                    .dapr(
                        "GetState",
                        GetStateRequest.newBuilder().setStoreName("store").setKey(key).build())
                    .withoutSecrets();
                mallory
                    .dapr(
                        "GetBulkState",
                        GetBulkStateRequest.newBuilder()
                            .setStoreName("store")
                            .addKeys(key)
                            .addKeys("secret")
                            .build())
                    .withoutSecrets();
                mallory
                    .dapr(
                        "SaveState",
                        SaveStateRequest.newBuilder().setStoreName("store").addStates(item).build())
                    .withoutSecrets();
                node.victim().mustBeUntouched();
                mallory
                    .dapr(
                        "ExecuteStateTransaction",
                        ExecuteStateTransactionRequest.newBuilder()
                            .setStoreName("store")
                            .addOperations(
                                TransactionalStateOperation.newBuilder()
                                    .setOperationType("upsert")
                                    .setRequest(item))
                            .build())
                    .withoutSecrets();
                node.victim().mustBeUntouched();
                mallory
                    .dapr(
                        "DeleteState",
                        DeleteStateRequest.newBuilder().setStoreName("store").setKey(key).build())
                    .withoutSecrets();
              }));
    }
    return Attempt.tests(node, all);
  }

  private static Attempt http(String name, String tries, String line, String body) {
    return Attempt.of(
        name, tries, () -> node.mallory().send(line, body).refused(200, 204, 400, 404, 409, 500));
  }

  @TestFactory
  Stream<DynamicTest> besideTheKey() {
    String secret = "[{\"key\":\"secret\",\"value\":\"forged\",";
    String query = "{\"filter\":{},\"page\":{\"limit\":100}}";
    return Attempt.tests(
        node,
        List.of(
            http(
                "prefix in the URL",
                "another prefix as metadata",
                "POST /v1.0/state/store?metadata.keyPrefix=victim",
                secret + "\"etag\":\"1\"}]"),
            http(
                "prefix none in the URL",
                "no prefix as metadata",
                "POST /v1.0/state/store?metadata.keyPrefix=none",
                "[{\"key\":\"victim|secret\",\"value\":\"forged\"}]"),
            http(
                "prefix in the item",
                "another prefix as metadata of an item",
                "POST /v1.0/state/store",
                secret + "\"metadata\":{\"keyPrefix\":\"victim\"}}]"),
            http(
                "app id in the item",
                "another app id as metadata",
                "POST /v1.0/state/store",
                secret + "\"metadata\":{\"appId\":\"victim\"}}]"),
            http(
                "partition key",
                "the victim's key as partition key",
                "POST /v1.0/state/store",
                secret + "\"metadata\":{\"partitionKey\":\"victim||secret\"}}]"),
            http(
                "actor's partition",
                "the victim's actors",
                "POST /v1.0/state/store",
                secret + "\"metadata\":{\"partitionKey\":\"victim||Actor||1\"}}]"),
            http(
                "content type",
                "JSON of Redis, which is a key of another kind",
                "POST /v1.0/state/store?metadata.contentType=application/json",
                "[{\"key\":\"secret\",\"value\":{\"a\":1}}]"),
            http(
                "index",
                "a query index in the request",
                "POST /v1.0/state/store/bulk?metadata.queryIndexName=victim",
                "{\"keys\":[\"secret\"]}"),
            http(
                "database",
                "another database in the request",
                "POST /v1.0/state/store/bulk?metadata.redisDB=0&metadata.redisHost=x",
                "{\"keys\":[\"secret\"]}"),
            http(
                "time to live",
                "an end of the victim's key",
                "POST /v1.0/state/store?metadata.ttlInSeconds=1",
                secret + "\"etag\":null}]"),
            http(
                "etag of another",
                "an etag that the victim's key has",
                "POST /v1.0/state/store",
                secret + "\"etag\":\"1\",\"options\":{\"concurrency\":\"first-write\"}}]"),
            http(
                "key twice",
                "two members of that name",
                "POST /v1.0/state/store",
                "[{\"key\":\"a\",\"key\":\"victim||secret\",\"value\":\"forged\"}]"),
            http(
                "key in another case",
                "a member that Go takes for the same",
                "POST /v1.0/state/store",
                "[{\"key\":\"a\",\"KEY\":\"victim||secret\",\"value\":\"forged\"}]"),
            http(
                "key of another type",
                "a list as key",
                "POST /v1.0/state/store",
                "[{\"key\":[\"victim||secret\"],\"value\":\"forged\"}]"),
            http(
                "transaction, key twice",
                "two members of that name",
                "POST /v1.0/state/store/transaction",
                "{\"operations\":[{\"operation\":\"upsert\",\"request\":"
                    + "{\"key\":\"a\",\"Key\":\"victim||secret\",\"value\":\"forged\"}}]}"),
            http(
                "transaction, request twice",
                "two requests in an operation",
                "POST /v1.0/state/store/transaction",
                "{\"operations\":[{\"operation\":\"delete\",\"request\":{\"key\":\"a\"},"
                    + "\"request\":{\"key\":\"victim||secret\"}}]}"),
            http("query", "all values", "POST /v1.0-alpha1/state/store/query", query),
            http(
                "query by prefix",
                "the victim's values",
                "POST /v1.0-alpha1/state/store/query?metadata.queryIndexName=victim",
                query),
            Attempt.of(
                "query over gRPC",
                "all values",
                () ->
                    node.mallory()
                        .dapr(
                            "QueryStateAlpha1",
                            QueryStateRequest.newBuilder()
                                .setStoreName("store")
                                .setQuery(query)
                                .build())
                        .refused(0, 12, 13)),
            Attempt.of(
                "delete with the victim's etag",
                "the same key, the victim's version",
                () ->
                    node.mallory()
                        .dapr(
                            "DeleteState",
                            DeleteStateRequest.newBuilder()
                                .setStoreName("store")
                                .setKey("secret")
                                .setEtag(Etag.newBuilder().setValue("1"))
                                .build())
                        .withoutSecrets()),
            Attempt.of(
                "escaped separator",
                "bars escaped once, twice, overlong",
                () -> {
                  for (String key :
                      List.of(
                          "victim%7C%7Csecret",
                          "victim%7c|secret",
                          "victim%257C%257Csecret",
                          "victim%C1%BC%C1%BCsecret",
                          "victim%E0%81%BC%E0%81%BCsecret",
                          "victim||secret",
                          "victim%7C%7Csecret%00",
                          "victim%00%7C%7Csecret")) {
                    node.mallory().ask("GET /v1.0/state/store/" + key).refused(204, 400, 404, 500);
                  }
                }),
            Attempt.of(
                "dots after the store",
                "leaves the store's path",
                () -> {
                  for (String path :
                      List.of(
                          "store/../../victim/state/store/secret",
                          "store/..%2f..%2fvictim%2fsecret",
                          "store/%2e%2e/victim/secret",
                          "store;app=victim/secret",
                          "store/secret/",
                          "store//secret",
                          "./store/./secret",
                          "store%2Fsecret")) {
                    node.mallory().ask("GET /v1.0/state/" + path).withoutSecrets();
                  }
                })));
  }
}
