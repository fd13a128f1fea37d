package io.jitney.daemon.pubsub;

import io.jitney.daemon.error.PubSubErrors;
import io.jitney.daemon.gojson.GoJsonWriter;
import io.jitney.daemon.http.HttpCall;
import io.jitney.daemon.http.HttpRoute;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;

/** The publish API over HTTP. A topic is the rest of the path and may have slashes. */
public final class PublishHttp {
  private final PublishApi api;

  public PublishHttp(PublishApi api) {
    this.api = api;
  }

  public List<HttpRoute> routes() {
    return List.of(
        route("v1.0", "publish/{pubsub}/*", "PublishEvent", this::publish),
        route("v1.0", "publish/bulk/{pubsub}/*", "BulkPublishEvent", this::bulk),
        route("v1.0-alpha1", "publish/bulk/{pubsub}/*", "BulkPublishEvent", this::bulk));
  }

  private static HttpRoute route(
      String version, String path, String name, HttpRoute.Handler handler) {
    return HttpRoute.of(HttpRoute.POST_PUT, version, path, "publish", name, handler);
  }

  private PublishCall begin(HttpCall call) {
    return api.begin(
        call.instance(),
        call.parameter("pubsub"),
        call.parameter("*"),
        call.metadata(),
        PublishCodes.HTTP,
        call.context(),
        call.trace());
  }

  private static Future<Buffer> body(HttpCall call, PublishCall publish) {
    return call.body()
        .recover(
            failure ->
                Future.failedFuture(
                    PubSubErrors.publish(
                            publish.pubSub().name(),
                            publish.topic(),
                            String.valueOf(failure.getMessage()))
                        .exception()));
  }

  private Future<Void> publish(HttpCall call) {
    PublishCall publish = begin(call);
    String type = call.request().getHeader("content-type");
    return body(call, publish)
        .compose(
            body ->
                api.publish(
                    publish,
                    new Event(body, type == null ? "" : type, call.metadata(), true),
                    false))
        .compose(done -> call.noContent());
  }

  private Future<Void> bulk(HttpCall call) {
    PublishCall publish = begin(call);
    return call.body()
        .recover(
            failure ->
                Future.failedFuture(
                    PubSubErrors.bulkBody(
                            publish.pubSub().name(),
                            publish.topic(),
                            call.instance().appId(),
                            String.valueOf(failure.getMessage()))
                        .exception()))
        .compose(body -> call.work(body.length(), () -> BulkBody.read(publish, body)))
        .compose(entries -> api.publishBulk(publish, entries, call.metadata()))
        .transform(
            done ->
                done.cause() instanceof PublishFailure.Partial partial
                    ? refused(call, publish, partial)
                    : done.succeeded() ? call.noContent() : Future.failedFuture(done.cause()));
  }

  /** Which entries were not taken, in a shape of its own and in headers too. */
  private static Future<Void> refused(
      HttpCall call, PublishCall publish, PublishFailure.Partial partial) {
    var error =
        PubSubErrors.publish(
            publish.pubSub().name(), publish.topic(), String.valueOf(partial.getMessage()));
    GoJsonWriter out = new GoJsonWriter(256);
    String before = "{\"failedEntries\":[";
    for (Map.Entry<String, String> entry : partial.failed().entrySet()) {
      out.ascii(before).ascii("{\"entryId\":").string(entry.getKey());
      out.ascii(",\"error\":").string(entry.getValue()).ascii("}");
      before = ",";
    }
    Buffer body = out.ascii("],\"errorCode\":").string(error.errorCode()).ascii("}").toBuffer();
    call.instance().metrics().error(error.errorCode());
    call.response()
        .putHeader("metadata.responseData", header(body.toString()))
        .putHeader(
            "metadata.error", header("api error: code = Internal desc = " + error.message()));
    return call.json(error.httpStatus(), body);
  }

  /** Go writes a blank for what would end the header. */
  private static String header(String text) {
    return text.replace('\n', ' ').replace('\r', ' ');
  }
}
