package io.jitney.daemon.invoke;

import io.dapr.v1.CommonProtos.HTTPExtension;
import io.jitney.daemon.channel.AppBusyException;
import io.jitney.daemon.channel.AppLoad;
import io.jitney.daemon.channel.AppUnhealthyException;
import io.jitney.daemon.channel.ChannelClosedException;
import io.jitney.daemon.channel.HttpAppChannel;
import io.jitney.daemon.error.BodyTooLargeException;
import io.jitney.daemon.error.InvokeErrors;
import io.jitney.daemon.error.TransportErrors;
import io.jitney.daemon.instance.InstanceSettings.AppEndpoint;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.SocketAddress;

/** Sends a call to an app that speaks HTTP. */
final class ToHttpApp {
  private final HttpAppChannel channel;
  private final AppCall call;
  private final HttpMethod verb;
  private final String url;
  private final String uri;

  private ToHttpApp(HttpAppChannel channel, AppCall call) {
    this.channel = channel;
    this.call = call;
    HTTPExtension.Verb given = call.verb();
    if (given == null) {
      throw new InvokeException(InvokeErrors.missingExtension());
    }
    this.verb = Verb.toHttp(given);
    String path;
    try {
      path = "/" + PathText.outgoing(call.method());
    } catch (PathText.InvalidEscape invalid) {
      throw new InvokeException(
          "parse \"" + channel.baseUrl() + "/" + call.method() + "\": " + invalid.getMessage());
    }
    String asked = call.query().isEmpty() ? path : path + "?" + call.query();
    this.url = channel.baseUrl() + asked;
    this.uri = RequestUri.of(asked, url);
  }

  /**
   * @return the app's answer with its body unread; fails with {@link InvokeException}, {@link
   *     CallerGoneException}, or {@link ChannelClosedException} when another instance should be
   *     asked
   */
  static Future<AppAnswer> call(HttpAppChannel channel, AppCall call) {
    if (!channel.healthy()) {
      return Future.failedFuture(new InvokeException(InvokeErrors.unhealthy()));
    }
    ToHttpApp made;
    try {
      made = new ToHttpApp(channel, call);
    } catch (InvokeException refused) {
      return Future.failedFuture(refused);
    }
    return made.run();
  }

  private Future<AppAnswer> run() {
    if (call.body() instanceof CallBody.Incoming incoming && incoming.tooLong()) {
      return Future.failedFuture(new InvokeException(tooLong(incoming)));
    }
    AppLoad.Slot slot = channel.enter(call.account());
    call.cancellation().holds(slot::release);
    return channel
        .request(verb, uri, slot)
        .compose(this::send)
        .recover(cause -> Future.failedFuture(explained(cause)));
  }

  private Future<AppAnswer> send(HttpClientRequest request) {
    HttpExchange exchange = new HttpExchange(call.body());
    call.cancellation().holds(exchange::cancel);
    boolean unpack;
    try {
      unpack = RequestHeaders.toHttp(call, request.headers(), channel.token());
    } catch (IllegalArgumentException header) {
      exchange.refuse(request);
      throw new InvokeException(
          TransportErrors.http(verb.name(), url, InvokeErrors.invalidHeader()));
    }
    return exchange
        .send(request)
        .map(response -> answer(exchange, response, unpack && verb != HttpMethod.HEAD));
  }

  private static AppAnswer answer(
      HttpExchange exchange, HttpClientResponse response, boolean unpack) {
    return HttpAnswers.of(exchange, response, unpack);
  }

  private RuntimeException explained(Throwable cause) {
    return switch (cause) {
      case InvokeException known -> known;
      case ChannelClosedException closed -> closed;
      case CallerGoneException gone -> gone;
      case AppUnhealthyException unhealthy -> new InvokeException(InvokeErrors.unhealthy());
      case AppBusyException busy ->
          new InvokeException(InvokeErrors.busy(String.valueOf(busy.getMessage())));
      case BodyTooLargeException tooLarge ->
          new InvokeException(
              TransportErrors.http(verb.name(), url, String.valueOf(tooLarge.getMessage())));
      default -> {
        AppEndpoint app = channel.app();
        yield new InvokeException(
            TransportErrors.http(
                verb.name(), url, cause, app.host(), app.port(), channel.maxHeaderSize()));
      }
    };
  }

  /**
   * The app is not bothered with a body that is known to be too long; the text is the one of its
   * breaking off.
   */
  private String tooLong(CallBody.Incoming body) {
    String cause;
    if (call.hop() != null) {
      cause = InvokeErrors.bodyTooLong(body.length(), body.limit());
    } else if (body.length() == body.limit() + 1) {
      cause = "stream too large";
    } else {
      SocketAddress from = body.request().remoteAddress();
      cause =
          "readfrom tcp "
              + from.host()
              + ":"
              + from.port()
              + "->"
              + channel.app().host()
              + ":"
              + channel.app().port()
              + ": stream too large";
    }
    return TransportErrors.http(verb.name(), url, cause);
  }
}
