package io.jitney.daemon.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.components.state.BulkItem;
import io.jitney.components.state.QueryResult;
import io.jitney.components.state.StateItem;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StateJsonTest {
  private static BulkItem item(String key, Buffer data) {
    return new BulkItem(key, new StateItem(data, "1", Map.of()), null);
  }

  private static String json(BulkItem... items) {
    return StateJson.items(List.of(items)).toString();
  }

  @Test
  void storedJsonIsEmbeddedAsItIs() {
    assertThat(json(item("k", Buffer.buffer("{\"a\" : 1.50}"))))
        .isEqualTo("[{\"key\":\"k\",\"data\":{\"a\" : 1.50},\"etag\":\"1\"}]");
    assertThat(json()).isEqualTo("[]");
  }

  @Test
  void whatIsNoJsonDoesNotSpoilTheRest() {
    Buffer bytes = Buffer.buffer(new byte[] {0, (byte) 0xff});
    assertThat(
            json(
                item("t", Buffer.buffer("a \"text\"")),
                item("b", bytes),
                item("j", Buffer.buffer("1"))))
        .isEqualTo(
            "[{\"key\":\"t\",\"data\":\"a \\\"text\\\"\",\"etag\":\"1\"},"
                + "{\"key\":\"b\",\"data\":\"AP8=\",\"etag\":\"1\"},{\"key\":\"j\",\"data\":1,\"etag\":\"1\"}]");
  }

  @Test
  void whatAnItemDoesNotHaveIsLeftOut() {
    BulkItem absent = new BulkItem("a\"b", StateItem.absent(), null);
    BulkItem failed = new BulkItem("f", StateItem.absent(), "why");
    BulkItem empty =
        new BulkItem("e", new StateItem(Buffer.buffer(), "1", Map.of("ttlExpireTime", "t")), null);
    assertThat(json(absent, failed, empty))
        .isEqualTo(
            "[{\"key\":\"a\\\"b\"},{\"key\":\"f\",\"error\":\"why\"},"
                + "{\"key\":\"e\",\"etag\":\"1\",\"metadata\":{\"ttlExpireTime\":\"t\"}}]");
  }

  @Test
  void queryResults() {
    QueryResult result =
        new QueryResult(List.of(item("k", Buffer.buffer("1"))), "2", Map.of("m", "x"));
    assertThat(StateJson.query(result).toString())
        .isEqualTo(
            "{\"results\":[{\"key\":\"k\",\"data\":1,\"etag\":\"1\"}],\"token\":\"2\",\"metadata\":{\"m\":\"x\"}}");
  }
}
