package io.jitney.daemon.subscription;

import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import io.dapr.v1.DaprAppCallbackProtos.ListTopicSubscriptionsResponse;
import io.jitney.daemon.channel.AppChannel;
import io.jitney.daemon.channel.AppUnhealthyException;
import io.jitney.daemon.channel.GrpcAnswer;
import io.jitney.daemon.channel.GrpcAppChannel;
import io.jitney.daemon.channel.HttpAppChannel;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.daemon.resiliency.BuiltIn;
import io.jitney.daemon.resiliency.Resiliency;
import io.jitney.daemon.subscription.SubscriptionReader.Draft;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Asks the app what it wants to hear: {@code GET /dapr/subscribe} or {@code
 * ListTopicSubscriptions}, under the built-in policy for initialisation. On an event loop.
 */
final class Discovery {
  private static final String LOG = "dapr.runtime.processor.subscription";
  private static final String LIST = "/dapr.proto.runtime.v1.AppCallback/ListTopicSubscriptions";
  private static final long PATIENCE_SECONDS = 60;

  /** More topics than any app has; an answer has room for ten times as many. */
  private static final int MOST = 10_000;

  /** The app could not be asked, or gave an answer that can not be read. */
  static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failed(String message) {
      super(message, null, false, false);
    }
  }

  private final AppInstance instance;

  Discovery(AppInstance instance) {
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

  /** A long list is read, and each rule compiled, beside the event loops and in fair turns. */
  private Future<List<TopicSubscription>> compiled(Answer answer) {
    return Aside.work(instance.account(), answer.bytes, answer.drafts)
        .recover(unreadable -> Future.failedFuture(new Failed(message(unreadable))))
        .compose(
            drafts -> {
              if (drafts.size() > MOST) {
                warn("the app asks for " + drafts.size() + " subscriptions, gets " + MOST);
              }
              Promise<List<TopicSubscription>> all = Promise.promise();
              compile(drafts.stream().limit(MOST).iterator(), new LinkedHashMap<>(), all);
              return all.future();
            });
  }

  /** One after the other, whatever their number without a call within a call. */
  private void compile(
      Iterator<Draft> drafts,
      Map<List<String>, TopicSubscription> made,
      Promise<List<TopicSubscription>> all) {
    while (drafts.hasNext()) {
      Draft draft = drafts.next();
      Future<@Nullable TopicSubscription> one =
          Aside.work(
              instance.account(),
              draft.hasRules() ? Account.HEAVY_BYTES : 0,
              () -> SubscriptionReader.programmatic(draft, this::warn));
      if (!one.isComplete()) {
        one.onSuccess(
                compiled -> {
                  keep(compiled, made);
                  compile(drafts, made, all);
                })
            .onFailure(rule -> all.fail(new Failed(message(rule))));
        return;
      }
      if (one.failed()) {
        all.fail(new Failed(message(one.cause())));
        return;
      }
      keep(one.result(), made);
    }
    all.complete(List.copyOf(made.values()));
  }

  /** Of several of one topic the last counts. */
  static void keep(@Nullable TopicSubscription one, Map<List<String>, TopicSubscription> made) {
    if (one != null) {
      made.put(one.key(), one);
    }
  }

  private void warn(String line) {
    instance.log().warn(LOG, line);
  }

  private static String message(Throwable failure) {
    return String.valueOf(failure.getMessage());
  }

  /**
   * What there is to read; broken answers are not asked for again.
   *
   * @param bytes of it
   * @param drafts fails when it can not be read
   */
  private record Answer(long bytes, Callable<List<Draft>> drafts) {
    static final Answer NONE = new Answer(0, List::of);
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
              return request
                  .send()
                  .compose(response -> body(request, response))
                  .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                  .onFailure(late -> request.reset());
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
    return AnswerBody.read(request, response, instance.memory())
        .map(body -> answer(response.statusCode(), body));
  }

  private Answer answer(int status, Buffer body) {
    switch (status) {
      case 200 -> {
        return body.length() == 0
            ? Answer.NONE
            : new Answer(body.length(), () -> SubscriptionReader.drafts(body));
      }
      case 404 -> instance.log().debug(LOG, "app has no subscription endpoint");
      default ->
          instance
              .log()
              .error(
                  LOG, "app returned http status code " + status + " from subscription endpoint");
    }
    return Answer.NONE;
  }

  private Future<Answer> grpc(GrpcAppChannel grpc) {
    AtomicReference<Runnable> running = new AtomicReference<>(() -> {});
    CallMemory memory = new CallMemory(instance.memory());
    return grpc.event(
            instance.account(), LIST, none -> {}, Empty.getDefaultInstance(), memory, running::set)
        .onComplete(answered -> memory.ends())
        .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .onFailure(late -> running.get().run())
        .recover(failure -> Future.failedFuture(new Failed(message(failure))))
        .map(Discovery::answer);
  }

  private static Answer answer(GrpcAnswer answer) {
    if (answer.code() == GrpcStatus.UNIMPLEMENTED.code) {
      return Answer.NONE;
    }
    if (!answer.ok()) {
      throw new Failed(
          "rpc error: code = " + answer.status().name() + " desc = " + answer.message());
    }
    Buffer data = answer.data();
    return new Answer(
        data.length(),
        () -> {
          try {
            return SubscriptionReader.drafts(
                ListTopicSubscriptionsResponse.parseFrom(data.getBytes()));
          } catch (InvalidProtocolBufferException broken) {
            throw new Failed("grpc: failed to unmarshal the received message");
          }
        });
  }
}
