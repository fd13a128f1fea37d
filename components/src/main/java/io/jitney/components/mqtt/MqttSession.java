package io.jitney.components.mqtt;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.messages.MqttPublishMessage;
import io.vertx.mqtt.messages.MqttSubAckMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client of a broker, connected again whenever the connection is lost, with its subscriptions.
 * Messages are acknowledged by whoever gets them, in any order.
 *
 * <p>All methods may be called from anywhere; everything happens on the session's event loop.
 */
public final class MqttSession {
  private static final int REFUSED = 0x80;
  private static final long FIRST_PAUSE_MILLIS = 500;
  private static final long LONGEST_PAUSE_MILLIS = 20_000;
  private static final long ANSWER_SECONDS = 20;

  /** What is asked of the broker and answered by packet id, answers that come first included. */
  private static final class Asked<T> {
    final Map<Integer, Promise<T>> waiting = new HashMap<>();
    private final Map<Integer, T> early = new HashMap<>();

    void answered(int id, T answer) {
      Promise<T> promise = waiting.remove(id);
      if (promise == null) {
        early.put(id, answer);
      } else {
        promise.tryComplete(answer);
      }
    }

    void asked(int id, Promise<T> promise) {
      T answer = early.remove(id);
      if (answer == null) {
        waiting.put(id, promise);
      } else {
        promise.tryComplete(answer);
      }
    }

    void lost(String why) {
      List<Promise<T>> all = new ArrayList<>(waiting.values());
      waiting.clear();
      early.clear();
      all.forEach(promise -> promise.tryFail(new ComponentException.Failed(why)));
    }
  }

  private final ContextInternal context;
  private final MqttAddress address;
  private final ComponentLog log;
  private final Consumer<MqttPublishMessage> messages;
  private final Map<String, Integer> subscriptions = new LinkedHashMap<>();
  private final Asked<Boolean> published = new Asked<>();
  private final Asked<List<Integer>> subscribed = new Asked<>();
  private final Asked<Boolean> unsubscribed = new Asked<>();
  private @Nullable MqttClient client;
  private boolean closed;
  private int failures;

  /**
   * @param messages called on the session's loop with every message
   */
  public MqttSession(
      ContextInternal context,
      MqttAddress address,
      ComponentLog log,
      Consumer<MqttPublishMessage> messages) {
    this.context = context;
    this.address = address;
    this.log = log;
    this.messages = messages;
  }

  private <T> Future<T> onLoop(java.util.function.Supplier<Future<T>> action) {
    Promise<T> promise = Promise.promise();
    context.runOnContext(
        go -> {
          try {
            action.get().onComplete(promise);
          } catch (RuntimeException e) {
            promise.tryFail(e);
          }
        });
    return promise.future();
  }

  /** Connects for the first time; from then on by itself. */
  public Future<Void> open() {
    return onLoop(
        () ->
            connect()
                .recover(
                    failure -> {
                      closed = true;
                      return Future.failedFuture(new ComponentException.Failed(text(failure)));
                    }));
  }

  /** Subscribes now, or as soon as the broker can be reached. */
  public void openAndGoOn(String filter, int qos) {
    context.runOnContext(
        go -> {
          subscriptions.put(filter, qos);
          connect()
              .onFailure(
                  failure -> {
                    log.error("failed to connect: " + text(failure));
                    if (!closed) {
                      again();
                    }
                  });
        });
  }

  private Future<Void> connect() {
    MqttClient fresh = MqttClient.create(context.owner(), address.options());
    fresh.publishHandler(message -> messages.accept(new Received(fresh, message)));
    fresh.publishCompletionHandler(id -> published.answered(id, true));
    fresh.subscribeCompletionHandler(this::subscribed);
    fresh.unsubscribeCompletionHandler(id -> unsubscribed.answered(id, true));
    fresh.exceptionHandler(
        failure -> log.debug("MQTT connection: " + failure.getClass().getSimpleName()));
    return fresh
        .connect(address.port(), address.host())
        .timeout(ANSWER_SECONDS, TimeUnit.SECONDS)
        .compose(
            accepted -> {
              if (closed) {
                return fresh.disconnect();
              }
              fresh.closeHandler(gone -> lost(fresh));
              client = fresh;
              failures = 0;
              return subscriptions.isEmpty() ? Future.succeededFuture() : subscribeAll(fresh);
            });
  }

  private void subscribed(MqttSubAckMessage answer) {
    subscribed.answered(answer.messageId(), answer.grantedQoSLevels());
  }

  private Future<Void> subscribeAll(MqttClient fresh) {
    fresh
        .subscribe(subscriptions)
        .onFailure(
            failure ->
                log.error("Error starting subscriptions after connecting: " + text(failure)));
    return Future.succeededFuture();
  }

  private void lost(MqttClient which) {
    if (client != which) {
      return;
    }
    client = null;
    published.lost("connection lost");
    subscribed.lost("connection lost");
    unsubscribed.lost("connection lost");
    if (!closed) {
      log.error("Connection with broker lost");
      again();
    }
  }

  private void again() {
    long pause = Math.min(FIRST_PAUSE_MILLIS << Math.min(failures, 10), LONGEST_PAUSE_MILLIS);
    failures++;
    context.setTimer(
        pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1),
        due -> {
          if (closed || client != null) {
            return;
          }
          log.info("Attempting to reconnect to broker");
          connect()
              .onFailure(
                  failure -> {
                    log.error("Failed to connect to broker: " + text(failure));
                    again();
                  });
        });
  }

  /** Gives the connection up and makes another: the broker sends again what has no answer. */
  public Future<Void> reconnect() {
    return onLoop(
        () -> {
          MqttClient old = client;
          client = null;
          published.lost("connection lost");
          if (old == null) {
            return Future.succeededFuture();
          }
          return old.disconnect()
              .transform(gone -> closed ? Future.succeededFuture() : connect())
              .onFailure(failure -> again());
        });
  }

  private static <T> Future<T> notConnected() {
    return Future.failedFuture(new ComponentException.Failed("not Connected"));
  }

  /** Done when the broker has it, as far as the quality of service says so. */
  public Future<Void> publish(String topic, Buffer data, int qos, boolean retain) {
    return onLoop(
        () -> {
          MqttClient open = client;
          if (open == null || !open.isConnected()) {
            return notConnected();
          }
          Promise<Boolean> taken = Promise.promise();
          return open.publish(topic, data, MqttQoS.valueOf(qos), false, retain)
              .compose(
                  id -> {
                    if (qos == 0) {
                      return Future.succeededFuture();
                    }
                    published.asked(id, taken);
                    return taken.future().<Void>mapEmpty();
                  })
              .recover(failure -> Future.failedFuture(failed(failure)));
        });
  }

  /** Done when the broker took it; it is asked again after every reconnect. */
  public Future<Void> subscribe(String filter, int qos) {
    return onLoop(
        () -> {
          subscriptions.put(filter, qos);
          MqttClient open = client;
          if (open == null || !open.isConnected()) {
            return notConnected();
          }
          Promise<List<Integer>> granted = Promise.promise();
          return open.subscribe(filter, qos)
              .compose(
                  id -> {
                    subscribed.asked(id, granted);
                    return granted.future().timeout(ANSWER_SECONDS, TimeUnit.SECONDS);
                  })
              .compose(
                  levels ->
                      levels.contains(REFUSED)
                          ? Future.<Void>failedFuture(
                              new ComponentException.Failed("the broker refused the subscription"))
                          : Future.<Void>succeededFuture())
              .recover(failure -> Future.failedFuture(failed(failure)));
        });
  }

  /**
   * It is not asked for any more.
   *
   * @param tell whether the broker is told; if not, it goes on collecting messages for the session
   */
  public Future<Void> unsubscribe(String filter, boolean tell) {
    return onLoop(
        () -> {
          subscriptions.remove(filter);
          MqttClient open = client;
          if (!tell || open == null || !open.isConnected()) {
            return Future.succeededFuture();
          }
          Promise<Boolean> answered = Promise.promise();
          return open.unsubscribe(filter)
              .compose(
                  id -> {
                    unsubscribed.asked(id, answered);
                    return answered.future().timeout(ANSWER_SECONDS, TimeUnit.SECONDS);
                  })
              .mapEmpty();
        });
  }

  private ComponentException failed(Throwable failure) {
    return failure instanceof ComponentException known
        ? known
        : new ComponentException.Failed(text(failure));
  }

  private String text(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return switch (failure) {
      case ComponentException known -> message;
      case io.vertx.mqtt.MqttConnectionException refused -> refusal(refused);
      case java.net.ConnectException e ->
          "network Error : dial tcp "
              + address.hostAndPort()
              + ": connect: "
              + (message.contains("refused") ? "connection refused" : message);
      case java.net.UnknownHostException e ->
          "network Error : dial tcp: lookup " + address.host() + ": no such host";
      case javax.net.ssl.SSLException e -> "network Error : tls: " + innermost(e);
      default -> message;
    };
  }

  private static String innermost(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  private static String refusal(io.vertx.mqtt.MqttConnectionException refused) {
    return switch (refused.code()) {
      case CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD -> "bad user name or password";
      case CONNECTION_REFUSED_NOT_AUTHORIZED -> "not Authorized";
      case CONNECTION_REFUSED_IDENTIFIER_REJECTED -> "identifier rejected";
      case CONNECTION_REFUSED_SERVER_UNAVAILABLE -> "server Unavailable";
      case CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION -> "unacceptable protocol version";
      default -> "connection refused: " + refused.code();
    };
  }

  /** Ends the connection; the broker keeps the session unless it is a clean one. */
  public Future<Void> close() {
    return onLoop(
        () -> {
          closed = true;
          MqttClient open = client;
          client = null;
          published.lost("mqtt client closed");
          return open == null
              ? Future.succeededFuture()
              : open.disconnect().transform(gone -> Future.succeededFuture());
        });
  }
}
