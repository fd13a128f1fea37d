package io.jitney.loadtest.wire;

import io.jitney.loadtest.plan.WorkerPlan.Sidecar;
import io.jitney.loadtest.scenario.Call;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The HTTP/1.1 requests of a tenant, made beforehand where they repeat. */
public final class HttpRequests {
  private static final int MOST_BYTES_AHEAD = 8 << 20;
  private static final String NUMBER = "{n}";

  private final Sidecar sidecar;
  private final String store;
  private final List<List<ByteBuf>> ready = new ArrayList<>();
  private final List<Call> calls;
  private long count;

  public HttpRequests(Sidecar sidecar, String store, List<Call> calls) {
    this.sidecar = sidecar;
    this.store = store;
    this.calls = calls;
    for (Call call : calls) {
      ready.add(prepare(call));
    }
  }

  /**
   * Bytes to be written as they are; released by writing.
   *
   * @param number of an event; 0 for all else
   */
  ByteBuf next(int index, long number) {
    List<ByteBuf> variants = ready.get(index);
    if (number != 0) {
      ByteBuf numbered = variants.getFirst().copy();
      EventNumber.write(numbered, EventNumber.find(numbered), number);
      return numbered;
    }
    count++;
    if (variants.isEmpty()) {
      return Unpooled.wrappedBuffer(request(calls.get(index), (int) (count & Integer.MAX_VALUE)));
    }
    return variants.get((int) (count % variants.size())).duplicate();
  }

  private List<ByteBuf> prepare(Call call) {
    List<ByteBuf> variants = new ArrayList<>();
    if (call.path().contains(NUMBER) || call.target().contains(NUMBER)) {
      return variants;
    }
    long bytes = 0;
    int different =
        switch (call.kind()) {
          case GET, SET -> call.keys();
          case BULK, TRANSACTION, INVOKE, PUBLISH, EVENT, PATH -> 1;
        };
    for (int i = 0; i < different && bytes < MOST_BYTES_AHEAD; i++) {
      byte[] request = request(call, i);
      bytes += request.length;
      ByteBuf direct = Unpooled.directBuffer(request.length).writeBytes(request);
      variants.add(Unpooled.unreleasableBuffer(direct));
    }
    return variants;
  }

  /** A request as bytes. */
  public byte[] request(Call call, int n) {
    String state = "/v1.0/state/" + store;
    return switch (call.kind()) {
      case GET -> get(state + "/" + key(n));
      case SET -> post(state, "[" + item(key(n), call.bytes()) + "]");
      case BULK ->
          post(state + "/bulk", "{\"keys\":[" + keys(call.keys()) + "],\"parallelism\":10}");
      case TRANSACTION -> post(state + "/transaction", transaction(call, n));
      case INVOKE -> {
        String target = call.target().isEmpty() ? sidecar.appId() : call.target();
        String path = "/v1.0/invoke/" + target + "/method" + call.path();
        yield post(path.replace(NUMBER, Integer.toString(n)), value(call.bytes()));
      }
      case PUBLISH, EVENT ->
          post(
              "/v1.0/publish/" + Topics.COMPONENT + "/" + Topics.of(sidecar.appId()),
              EventNumber.data(call.bytes()));
      case PATH -> get(call.path().replace(NUMBER, Integer.toString(n)));
    };
  }

  static String key(int n) {
    return "key-" + n;
  }

  /** A body of that length. */
  static String value(int bytes) {
    return "v".repeat(bytes);
  }

  private static String item(String key, int bytes) {
    return "{\"key\":\"" + key + "\",\"value\":\"" + value(bytes) + "\"}";
  }

  private static String keys(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "\"" : ",\"").append(key(i)).append('"');
    }
    return text.toString();
  }

  private static String transaction(Call call, int n) {
    StringBuilder text = new StringBuilder("{\"operations\":[");
    for (int i = 0; i < call.keys(); i++) {
      text.append(i == 0 ? "" : ",")
          .append("{\"operation\":\"upsert\",\"request\":")
          .append(item("tx-" + n + "-" + i, call.bytes()))
          .append('}');
    }
    return text.append("]}").toString();
  }

  private byte[] get(String path) {
    return ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + sidecar.httpPort() + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private byte[] post(String path, String body) {
    return ("POST "
            + path
            + " HTTP/1.1\r\nHost: 127.0.0.1:"
            + sidecar.httpPort()
            + "\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body)
        .getBytes(StandardCharsets.US_ASCII);
  }
}
