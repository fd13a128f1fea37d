package io.jitney.components.pubsub.jetstream;

import io.jitney.components.blocking.SerialTasks;
import io.jitney.components.nats.NatsLink;
import io.jitney.components.pool.SharedPools;
import io.jitney.components.pubsub.BacklogLook;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PubSubFeature;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.Flow;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.JetStreamOptions;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code pubsub.jetstream}: the connection is shared by openings with equal settings, consumers are
 * this opening's own.
 */
public final class JetStreamPubSub implements PubSub.Keeper {
  private static final int WAITING = 4_096;
  private static final String MESSAGE_ID = "Nats-Msg-Id";

  private final SharedPools.Lease<NatsLink> lease;
  private final Connection connection;
  private final JetStreamSettings settings;
  private final ComponentOpening opening;
  private final ContextInternal context;
  private final JetStreamOptions options;
  private final SerialTasks publishing = new SerialTasks("jitney-jetstream-publish");
  private final AtomicInteger waiting = new AtomicInteger();
  private final Set<StreamConsumer> consumers = ConcurrentHashMap.newKeySet();

  private JetStreamPubSub(
      SharedPools.Lease<NatsLink> lease,
      Connection connection,
      JetStreamSettings settings,
      ComponentOpening opening) {
    this.lease = lease;
    this.connection = connection;
    this.settings = settings;
    this.opening = opening;
    context = opening.node().nearLoop();
    JetStreamOptions.Builder builder = JetStreamOptions.builder();
    if (!settings.domain().isEmpty()) {
      builder.domain(settings.domain());
    }
    if (!settings.apiPrefix().isEmpty()) {
      builder.prefix(settings.apiPrefix());
    }
    options = builder.build();
  }

  /** The factory. Connects. */
  public static Future<PubSub> open(ComponentSpec spec, ComponentOpening opening) {
    JetStreamSettings settings;
    try {
      settings = JetStreamSettings.of(spec.metadata(), opening.workingDirectory());
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    SharedPools.Lease<NatsLink> lease = NatsLink.borrow(opening.node(), settings.address());
    Promise<PubSub> promise =
        ((VertxInternal) opening.node().vertx()).getOrCreateContext().promise();
    Thread.ofVirtual()
        .name("jitney-jetstream-open")
        .start(
            () -> {
              try {
                Connection connection = lease.client().connection();
                promise.complete(new JetStreamPubSub(lease, connection, settings, opening));
              } catch (IOException | RuntimeException e) {
                refuse(promise, lease, connecting(e));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                refuse(promise, lease, "interrupted");
              }
            });
    return promise.future();
  }

  private static void refuse(
      Promise<PubSub> promise, SharedPools.Lease<NatsLink> lease, String problem) {
    lease.release().onComplete(released -> promise.fail(new ComponentException.Failed(problem)));
  }

  /** Not the client's words: they name the URLs, and with them logins. */
  private static String connecting(Exception failure) {
    String message = String.valueOf(failure.getMessage());
    return failure instanceof AuthenticationException
        ? "nats: Authorization Violation"
        : message.startsWith("nkeys") || message.startsWith("invalid ")
            ? message
            : "nats: no servers available for connection";
  }

  @Override
  public Set<PubSubFeature> features() {
    return Set.of();
  }

  @Override
  public Future<Void> publish(CallContext call, PublishRequest request) {
    if (waiting.incrementAndGet() > WAITING) {
      waiting.decrementAndGet();
      return Future.failedFuture(
          new ComponentException.Overloaded("nats: too many messages wait to be published"));
    }
    Promise<Void> promise = ((VertxInternal) opening.node().vertx()).getOrCreateContext().promise();
    publishing.add(() -> publish(request, promise));
    return promise
        .future()
        .timeout(call.remainingMillis(), TimeUnit.MILLISECONDS)
        .onComplete(done -> waiting.decrementAndGet())
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof ComponentException
                        ? failure
                        : new ComponentException.Failed("nats: timeout")));
  }

  private void publish(PublishRequest request, Promise<Void> promise) {
    if (promise.future().isComplete()) {
      return; // nobody waits for it
    }
    try {
      NatsMessage.Builder message =
          NatsMessage.builder().subject(request.topic()).data(request.data().getBytes());
      String id = EventId.of(request.data(), request.topic());
      if (!id.isEmpty()) {
        message.headers(new Headers().put(MESSAGE_ID, id));
      }
      var _ =
          connection
              .jetStream(options)
              .publishAsync(message.build())
              .whenComplete(
                  (taken, failure) -> {
                    if (failure == null) {
                      promise.tryComplete();
                    } else {
                      promise.tryFail(new ComponentException.Failed(publishing(failure)));
                    }
                  });
    } catch (IOException | RuntimeException e) {
      promise.tryFail(new ComponentException.Failed(publishing(e)));
    }
  }

  private static String publishing(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage());
    return message.contains("503") ? "nats: no response from stream" : "nats: " + message;
  }

  @Override
  public Future<Subscription> subscribe(
      Flow flow, SubscribeRequest request, MessageHandler handler) {
    StreamConsumer consumer =
        new StreamConsumer(
            context, connection, options, settings, request.topic(), handler, opening.log());
    consumers.add(consumer);
    return consumer
        .start()
        .<Subscription>map(
            started -> () -> consumer.cancel().onComplete(ended -> consumers.remove(consumer)))
        .onFailure(failure -> consumers.remove(consumer));
  }

  @Override
  public Future<Subscription> keep(Flow flow, SubscribeRequest request, Runnable waiting) {
    if (settings.durable().isEmpty()) {
      return Future.failedFuture(
          new ComponentException.Failed(
              "nats: without durableName the server forgets a consumer that nobody listens to"));
    }
    ServerConsumer consumer = new ServerConsumer(connection, options, settings, request.topic());
    return consumer
        .waits()
        .map(
            some ->
                new BacklogLook(
                        context,
                        consumer::waits,
                        waiting,
                        opening.log(),
                        "topic " + request.topic())
                    .start());
  }

  @Override
  public Future<Void> close() {
    List<Future<Void>> ends = new ArrayList<>();
    consumers.forEach(consumer -> ends.add(consumer.cancel()));
    return Future.join(ends).transform(ended -> lease.release());
  }
}
