package io.jitney.loadtest.process;

import io.jitney.loadtest.plan.WorkerPlan.Sidecar;
import io.jitney.loadtest.scenario.Call;
import io.jitney.loadtest.scenario.Load;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** Single requests before a run: is it there, and keys that will be read. */
final class Probing {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final int KEYS_AT_ONCE = 100;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(DEADLINE).build();

  /** Minus one where nobody answers. */
  int status(int port, String path) throws InterruptedException {
    try {
      HttpRequest request = HttpRequest.newBuilder(uri(port, path)).timeout(DEADLINE).build();
      return http.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException notYet) {
      return -1;
    }
  }

  void fill(Load load, List<Sidecar> sidecars) throws LoadTestFailure, InterruptedException {
    int keys = 0;
    int bytes = 1;
    for (Call call : load.calls()) {
      if (call.kind() == Call.Kind.GET || call.kind() == Call.Kind.BULK) {
        keys = Math.max(keys, call.keys());
        bytes = call.bytes();
      }
    }
    for (Sidecar sidecar : sidecars) {
      for (int from = 0; from < keys; from += KEYS_AT_ONCE) {
        fill(sidecar, from, Math.min(keys, from + KEYS_AT_ONCE), bytes);
      }
    }
  }

  private void fill(Sidecar sidecar, int from, int to, int bytes)
      throws LoadTestFailure, InterruptedException {
    StringBuilder body = new StringBuilder("[");
    for (int i = from; i < to; i++) {
      body.append(i == from ? "" : ",")
          .append("{\"key\":\"key-")
          .append(i)
          .append("\",\"value\":\"")
          .append("v".repeat(bytes))
          .append("\"}");
    }
    String path = "/v1.0/state/" + Environment.STORE;
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(uri(sidecar.httpPort(), path))
                  .timeout(Duration.ofSeconds(30))
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString(body.append("]").toString()))
                  .build(),
              BodyHandlers.ofString());
      if (answer.statusCode() != 204) {
        throw new LoadTestFailure(
            "writing the keys of "
                + sidecar.appId()
                + " was answered with "
                + answer.statusCode()
                + ": "
                + answer.body());
      }
    } catch (IOException failure) {
      throw new LoadTestFailure(
          "cannot write the keys of " + sidecar.appId() + ": " + failure.getMessage());
    }
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
