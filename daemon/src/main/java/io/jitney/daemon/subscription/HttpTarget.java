package io.jitney.daemon.subscription;

import io.jitney.daemon.channel.AppBusyException;
import io.jitney.daemon.channel.AppUnhealthyException;
import io.jitney.daemon.channel.ChannelClosedException;
import io.jitney.daemon.channel.HttpAppChannel;
import io.jitney.daemon.error.SubscribeErrors;
import io.jitney.daemon.error.TransportErrors;
import io.jitney.daemon.http.GoJson;
import io.jitney.daemon.instance.InstanceSettings.AppEndpoint;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.telemetry.Trace;
import io.jitney.tenancy.memory.MemoryLedger;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Events of one subscription on their way to an app that speaks HTTP. Each takes a place of {@code
 * app-max-concurrency} and waits for it as long as it takes: nothing is lost by waiting.
 */
final class HttpTarget implements EventTarget, BulkTarget {
  /** As long as nobody waits for an answer; only a call that was lost on the way takes longer. */
  private static final long LOST_MILLIS = 24 * 3_600_000L;

  private static final String EVENT = "application/cloudevents+json";

  private final HttpAppChannel channel;
  private final Account account;
  private final MemoryLedger ledger;
  private final boolean rules;

  /** By route; as many as the subscription has. */
  private final Map<String, String> uris = new ConcurrentHashMap<>();

  /**
   * @param ledger where answers count that are larger than usual
   * @param rules whether rules look at the contents of events
   */
  HttpTarget(HttpAppChannel channel, Account account, MemoryLedger ledger, boolean rules) {
    this.channel = channel;
    this.account = account;
    this.ledger = ledger;
    this.rules = rules;
  }

  @Override
  public boolean whole() {
    return rules;
  }

  @Override
  public Future<Verdict> deliver(Event event, String path, @Nullable Trace trace, Attempt attempt) {
    return call(path, EVENT, event.metadata(), trace, event.body(), attempt)
        .map(answer -> AppAnswers.single(answer.status, answer.body));
  }

  @Override
  public Future<Map<String, Verdict>> deliver(Batch batch, @Nullable Trace trace, Attempt attempt) {
    Map<String, String> metadata = Map.of("pubsubName", batch.component());
    return Aside.work(account, batch.bytes(), () -> encode(batch))
        .compose(body -> call(batch.path(), "application/json", metadata, trace, body, attempt))
        .map(
            answer -> {
              Map<String, Verdict> verdicts = AppAnswers.bulk(answer.status, answer.body);
              return verdicts == null ? unheard(batch) : verdicts;
            });
  }

  static Map<String, Verdict> unheard(Batch batch) {
    Map<String, Verdict> verdicts = new HashMap<>();
    batch.entries().forEach(entry -> verdicts.put(entry.id(), Verdict.UNHEARD));
    return verdicts;
  }

  private record Answer(int status, Buffer body) {}

  private Future<Answer> call(
      String path,
      String contentType,
      Map<String, String> metadata,
      @Nullable Trace trace,
      Buffer body,
      Attempt attempt) {
    String uri;
    try {
      uri = uris.computeIfAbsent(path, EventPath::uri);
    } catch (DeliveryException unusable) {
      return Future.failedFuture(unusable);
    }
    return request(uri, attempt)
        .compose(
            request -> {
              try {
                EventHeaders.toHttp(metadata, trace, channel.token(), request.headers());
                request.putHeader("content-type", contentType);
              } catch (IllegalArgumentException unusable) {
                request.reset();
                return Future.failedFuture(
                    new DeliveryException(SubscribeErrors.unreachable("invalid header field")));
              }
              request.idleTimeout(LOST_MILLIS);
              attempt.runs(() -> request.reset());
              return request.send(body).compose(response -> answer(request, response));
            })
        .recover(failure -> Future.failedFuture(explained(uri, failure)));
  }

  private Future<Answer> answer(HttpClientRequest request, HttpClientResponse response) {
    return AnswerBody.read(request, response, ledger)
        .map(body -> new Answer(response.statusCode(), body));
  }

  /** Waiting for a place of the app has a limit; then it begins anew. */
  private Future<HttpClientRequest> request(String uri, Attempt attempt) {
    return channel
        .request(account, HttpMethod.POST, uri)
        .recover(
            failure ->
                failure instanceof AppBusyException && !attempt.isGivenUp()
                    ? Pause.then(() -> request(uri, attempt))
                    : Future.failedFuture(failure));
  }

  private Throwable explained(String uri, Throwable failure) {
    return switch (failure) {
      case DeliveryException known -> known;
      case ChannelClosedException closing -> closing;
      case AppUnhealthyException unhealthy -> unhealthy;
      default -> {
        AppEndpoint app = channel.app();
        yield new DeliveryException(
            SubscribeErrors.unreachable(
                TransportErrors.http(
                    "POST",
                    channel.baseUrl() + uri,
                    failure,
                    app.host(),
                    app.port(),
                    channel.maxHeaderSize())));
      }
    };
  }

  private static Buffer encode(Batch batch) {
    return GoJson.write(
        json -> {
          json.writeStartObject();
          json.writeStringField("id", batch.id());
          json.writeArrayFieldStart("entries");
          for (Entry entry : batch.entries()) {
            entry(json, entry);
          }
          json.writeEndArray();
          json.writeObjectFieldStart("metadata");
          json.writeStringField("pubsubName", batch.component());
          json.writeEndObject();
          json.writeStringField("topic", batch.topic());
          json.writeStringField("pubsubname", batch.component());
          json.writeStringField("type", "com.dapr.event.sent.bulk");
          json.writeEndObject();
        });
  }

  private static void entry(GoJson.Out json, Entry entry) throws IOException {
    json.writeStartObject();
    json.writeStringField("entryId", entry.id());
    String contentType = entry.message().contentType();
    json.writeFieldName("event");
    if (entry.event() == null) {
      json.writeString(Base64.getEncoder().encodeToString(entry.message().data().getBytes()));
      contentType = contentType == null ? "application/octet-stream" : contentType;
    } else {
      json.writeRawValue(entry.message().data().toString());
      contentType = contentType == null ? EVENT : contentType;
    }
    if (entry.message().hasMetadata()) {
      json.writeObjectFieldStart("metadata");
      for (Map.Entry<String, String> member : entry.message().metadata().entrySet()) {
        json.writeStringField(member.getKey(), member.getValue());
      }
      json.writeEndObject();
    } else {
      json.writeNullField("metadata");
    }
    json.writeStringField("contentType", contentType);
    json.writeEndObject();
  }
}
