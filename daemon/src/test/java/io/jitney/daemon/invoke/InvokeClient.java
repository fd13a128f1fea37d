package io.jitney.daemon.invoke;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.dapr.v1.CommonProtos.HTTPExtension;
import io.dapr.v1.CommonProtos.InvokeRequest;
import io.dapr.v1.CommonProtos.InvokeResponse;
import io.dapr.v1.DaprInvokeProtos.InvokeServiceRequest;
import io.jitney.daemon.testing.GrpcApiClient;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.Sidecar;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Invokes over one of the two fronts; a test does not see which. */
interface InvokeClient extends AutoCloseable {
  /**
   * How a call ended.
   *
   * @param ok whether the app's own answer was a good one
   * @param status as the front has it: HTTP status, or name of a gRPC code
   * @param message of the daemon's or app's error; "" for a good answer
   */
  record Outcome(boolean ok, String status, String body, String contentType, String message) {}

  /** A POST. */
  default Outcome post(String id, String method, String body, String... headers) {
    return call(id, "POST", method, "", body, headers);
  }

  Outcome call(
      String id,
      String verb,
      String method,
      String query,
      @Nullable String body,
      String... headers);

  @Override
  void close();

  /** By path. */
  final class Http implements InvokeClient {
    private final HttpApiClient client;

    Http(Sidecar sidecar) {
      client = sidecar.http();
    }

    @Override
    public Outcome call(
        String id,
        String verb,
        String method,
        String query,
        @Nullable String body,
        String... headers) {
      String path =
          "/v1.0/invoke/" + id + "/method/" + method + (query.isEmpty() ? "" : "?" + query);
      byte[] bytes = body == null ? null : body.getBytes(StandardCharsets.UTF_8);
      HttpApiClient.Answer answer = client.call(verb, path, bytes, headers);
      boolean ok = answer.status() < 400;
      return new Outcome(
          ok,
          Integer.toString(answer.status()),
          answer.text(),
          answer.header("content-type").orElse(""),
          ok ? "" : answer.text());
    }

    @Override
    public void close() {}
  }

  /** By {@code InvokeService}. */
  final class Grpc implements InvokeClient {
    private final GrpcApiClient client;

    Grpc(Sidecar sidecar) {
      client = new GrpcApiClient(sidecar.grpcPort());
    }

    @Override
    public Outcome call(
        String id,
        String verb,
        String method,
        String query,
        @Nullable String body,
        String... headers) {
      InvokeRequest.Builder message =
          InvokeRequest.newBuilder()
              .setMethod(method)
              .setHttpExtension(
                  HTTPExtension.newBuilder()
                      .setVerb(HTTPExtension.Verb.valueOf(verb))
                      .setQuerystring(query));
      String[] metadata = headers;
      if (headers.length > 0 && headers[0].equals("content-type")) {
        message.setContentType(headers[1]);
        metadata = java.util.Arrays.copyOfRange(headers, 2, headers.length);
      }
      if (body != null) {
        message.setData(Any.newBuilder().setValue(ByteString.copyFromUtf8(body)));
      }
      GrpcApiClient.Answer<InvokeResponse> answer =
          client.dapr(
              "InvokeService",
              InvokeServiceRequest.newBuilder().setId(id).setMessage(message).build(),
              InvokeResponse.parser(),
              metadata);
      InvokeResponse reply = answer.reply();
      return new Outcome(
          reply != null,
          answer.status().name(),
          reply == null ? "" : reply.getData().getValue().toStringUtf8(),
          reply == null ? "" : reply.getContentType(),
          answer.message());
    }

    @Override
    public void close() {
      client.close();
    }
  }
}
