package io.jitney.daemon.subscription;

import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import io.dapr.v1.DaprAppCallbackProtos.ListTopicSubscriptionsResponse;
import io.jitney.daemon.channel.AppChannel;
import io.jitney.daemon.channel.AppUnhealthyException;
import io.jitney.daemon.channel.GrpcAnswer;
import io.jitney.daemon.channel.GrpcAppChannel;
import io.jitney.daemon.channel.HttpAppChannel;
import io.jitney.daemon.gojson.GoJsonException;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.resiliency.BuiltIn;
import io.jitney.daemon.resiliency.Resiliency;
import io.jitney.daemon.subscription.SubscriptionReader.Draft;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Asks the app what it wants to hear: {@code GET /dapr/subscribe} or {@code
 * ListTopicSubscriptions}, under the built-in policy for initialisation. On an event loop.
 */
final class Discovery {
  private static final String LOG = "dapr.runtime.processor.subscription";
  private static final String LIST = "/dapr.proto.runtime.v1.AppCallback/ListTopicSubscriptions";
  private static final long PATIENCE_SECONDS = 60;
  private static final int MAX_ANSWER = 4 << 20;

  /** The app could not be asked, or gave an answer that can not be read. */
  static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failed(String message) {
      super(message, null, false, false);
    }
  }

  private final Vertx vertx;
  private final AppInstance instance;

  Discovery(Vertx vertx, AppInstance instance) {
    this.vertx = vertx;
    this.instance = instance;
  }

  /** The app's subscriptions; fails with {@link Failed}. */
  Future<List<TopicSubscription>> ask(AppChannel channel) {
    Resiliency resiliency = instance.resiliency();
    return resiliency
        .run(
            resiliency.builtIn(BuiltIn.INITIALIZATION),
            () ->
                switch (channel) {
                  case HttpAppChannel http -> http(http);
                  case GrpcAppChannel grpc -> grpc(grpc);
                })
        .compose(this::compiled);
  }

  private Future<List<TopicSubscription>> compiled(Answer answer) {
    List<Draft> drafts;
    try {
      drafts = answer.drafts();
    } catch (GoJsonException unreadable) {
      return Future.failedFuture(new Failed(String.valueOf(unreadable.getMessage())));
    }
    return drafts.stream().anyMatch(Draft::hasRules)
        ? vertx.executeBlocking(() -> compile(drafts), false).map(Objects::requireNonNull)
        : Future.succeededFuture(compile(drafts));
  }

  private List<TopicSubscription> compile(List<Draft> drafts) {
    try {
      return SubscriptionReader.programmatic(drafts, line -> instance.log().warn(LOG, line));
    } catch (CelRule.Malformed rule) {
      throw new Failed(String.valueOf(rule.getMessage()));
    }
  }

  /** What there is to read; broken answers are not asked for again. */
  private interface Answer {
    List<Draft> drafts() throws GoJsonException;
  }

  private Future<Answer> http(HttpAppChannel http) {
    return http.request(instance.account(), HttpMethod.GET, "/dapr/subscribe")
        .compose(
            request -> {
              request.idleTimeout(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
              request.putHeader("content-type", "application/json");
              request.putHeader("dapr-app-id", instance.appId());
              if (!http.token().isEmpty()) {
                request.putHeader("dapr-api-token", http.token());
              }
              return request.send().compose(response -> body(request, response));
            })
        .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof AppUnhealthyException
                        ? new Failed("app is not in a healthy state")
                        : new Failed(String.valueOf(failure.getMessage()))));
  }

  private Future<Answer> body(HttpClientRequest request, HttpClientResponse response) {
    Buffer body = Buffer.buffer();
    response.handler(
        chunk -> {
          if (body.length() + chunk.length() > MAX_ANSWER) {
            request.reset();
          } else {
            body.appendBuffer(chunk);
          }
        });
    return response.end().map(end -> answer(response.statusCode(), body));
  }

  private Answer answer(int status, Buffer body) {
    switch (status) {
      case 200 -> {
        return body.length() == 0 ? List::of : () -> SubscriptionReader.drafts(body);
      }
      case 404 -> instance.log().debug(LOG, "app has no subscription endpoint");
      default ->
          instance
              .log()
              .error(
                  LOG, "app returned http status code " + status + " from subscription endpoint");
    }
    return List::of;
  }

  private Future<Answer> grpc(GrpcAppChannel grpc) {
    return grpc.callback(
            instance.account(), LIST, none -> {}, Empty.getDefaultInstance(), cancel -> {})
        .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .recover(failure -> Future.failedFuture(new Failed(String.valueOf(failure.getMessage()))))
        .map(Discovery::answer);
  }

  private static Answer answer(GrpcAnswer answer) {
    if (answer.code() == GrpcStatus.UNIMPLEMENTED.code) {
      return List::of;
    }
    if (!answer.ok()) {
      throw new Failed(
          "rpc error: code = " + answer.status().name() + " desc = " + answer.message());
    }
    try {
      List<Draft> drafts =
          SubscriptionReader.drafts(
              ListTopicSubscriptionsResponse.parseFrom(answer.data().getBytes()));
      return () -> drafts;
    } catch (InvalidProtocolBufferException broken) {
      throw new Failed("grpc: failed to unmarshal the received message");
    }
  }
}
