package io.jitney.loadtest.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.loadtest.plan.WorkerPlan.Sidecar;
import io.jitney.loadtest.scenario.Call;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MixTest {
  private static final Call GET = new Call(Call.Kind.GET, 3, 2, 5, "/", "");
  private static final Call SET = new Call(Call.Kind.SET, 1, 2, 5, "/", "");

  @Test
  void callsComeByTheirShares() {
    Mix mix = new Mix(List.of(GET, SET), 1);
    int[] counts = new int[2];
    for (int i = 0; i < 400; i++) {
      counts[mix.next()]++;
    }

    assertThat(counts).containsExactly(300, 100);
  }

  @Test
  void requestsAreDaprs() {
    HttpRequests requests = new HttpRequests(new Sidecar("shop", 3500, 0), "store", List.of(GET));
    Call invoke = new Call(Call.Kind.INVOKE, 1, 1, 3, "/m-{n}?a=1", "");

    assertThat(text(requests, GET)).startsWith("GET /v1.0/state/store/key-7 HTTP/1.1\r\n");
    assertThat(text(requests, SET))
        .contains("Content-Length: 33\r\n")
        .endsWith("\r\n\r\n[{\"key\":\"key-7\",\"value\":\"vvvvv\"}]");
    assertThat(text(requests, invoke))
        .startsWith("POST /v1.0/invoke/shop/method/m-7?a=1 HTTP/1.1\r\n")
        .endsWith("\r\n\r\nvvv");
    assertThat(text(requests, new Call(Call.Kind.TRANSACTION, 1, 2, 1, "/", "")))
        .endsWith(
            "{\"operations\":[{\"operation\":\"upsert\",\"request\":{\"key\":\"tx-7-0\",\"value\":\"v\"}},"
                + "{\"operation\":\"upsert\",\"request\":{\"key\":\"tx-7-1\",\"value\":\"v\"}}]}");
  }

  private static String text(HttpRequests requests, Call call) {
    return new String(requests.request(call, 7), StandardCharsets.US_ASCII);
  }
}
