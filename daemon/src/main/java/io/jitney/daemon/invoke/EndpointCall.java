package io.jitney.daemon.invoke;

import io.dapr.v1.CommonProtos.HTTPExtension;
import io.jitney.daemon.channel.ClientLease;
import io.jitney.daemon.error.BodyTooLargeException;
import io.jitney.daemon.error.InvokeErrors;
import io.jitney.daemon.error.TransportErrors;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One call to an address outside of Dapr, redirects included. */
final class EndpointCall {
  private static final int MAX_REDIRECTS = 10;

  /** What a redirect to another host does not take along. */
  private static final List<String> FOR_ONE_HOST =
      List.of("authorization", "cookie", "cookie2", "www-authenticate", "dapr-api-token");

  private final ClientLease client;
  private final Function<String, Future<String>> egress;
  private final Map<String, String> fixedHeaders;
  private final boolean follows;
  private final AppCall call;
  private HttpMethod verb = HttpMethod.GET;
  private int redirects;

  /**
   * @param egress from a host to what to connect to; fails where the caller may not go
   * @param fixedHeaders of the resource; they replace what the caller sent
   * @param follows whether redirects are followed
   */
  EndpointCall(
      ClientLease client,
      Function<String, Future<String>> egress,
      Map<String, String> fixedHeaders,
      boolean follows,
      AppCall call) {
    this.client = client;
    this.egress = egress;
    this.fixedHeaders = fixedHeaders;
    this.follows = follows;
    this.call = call;
  }

  Future<AppAnswer> to(String baseUrl) {
    try {
      HTTPExtension.Verb asked = call.verb();
      if (asked == null) {
        throw new InvokeException(InvokeErrors.missingExtension());
      }
      verb = Verb.toHttp(asked);
      String url = url(baseUrl);
      if (call.body() instanceof CallBody.Incoming incoming && incoming.tooLong()) {
        throw new InvokeException(TransportErrors.http(verb.name(), url, "stream too large"));
      }
      return send(parse(url), url, call.body(), true);
    } catch (InvokeException refused) {
      return Future.failedFuture(refused);
    }
  }

  private String url(String baseUrl) {
    try {
      String path = PathText.outgoing(call.method());
      String url = path.isEmpty() ? baseUrl : baseUrl + "/" + path;
      return call.query().isEmpty() ? url : url + "?" + call.query();
    } catch (PathText.InvalidEscape invalid) {
      throw new InvokeException(
          "parse \"" + baseUrl + "/" + call.method() + "\": " + invalid.getMessage());
    }
  }

  /** A URL as far as a request needs it: the rest of the text is the client's own. */
  private record Address(boolean tls, String host, int port, String uri) {}

  private Address parse(String url) {
    int scheme = url.indexOf("://");
    String name = scheme < 0 ? "" : url.substring(0, scheme);
    if (!name.equals("http") && !name.equals("https")) {
      throw new InvokeException(
          TransportErrors.http(verb.name(), url, "unsupported protocol scheme \"" + name + "\""));
    }
    int start = scheme + 3;
    int end = start;
    while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    String authority = url.substring(start, end);
    String rest = url.substring(end);
    String uri = RequestUri.of(rest.isEmpty() || rest.charAt(0) != '/' ? "/" + rest : rest, url);
    try {
      URI parsed = new URI(name + "://" + authority);
      String host = parsed.getHost();
      if (host == null) {
        throw new InvokeException(
            TransportErrors.http(verb.name(), url, "http: no Host in request URL"));
      }
      boolean tls = name.equals("https");
      int port = parsed.getPort() >= 0 ? parsed.getPort() : tls ? 443 : 80;
      String plain = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
      return new Address(tls, plain, port, uri);
    } catch (URISyntaxException invalid) {
      throw new InvokeException("parse \"" + url + "\": " + invalid.getReason());
    }
  }

  private Future<AppAnswer> send(Address to, String url, CallBody body, boolean fixed) {
    return egress
        .apply(to.host())
        .compose(
            host ->
                client.request(
                    new RequestOptions()
                        .setServer(SocketAddress.inetSocketAddress(to.port(), host))
                        .setHost(to.host())
                        .setPort(to.port())
                        .setSsl(to.tls())
                        .setMethod(verb)
                        .setURI(to.uri())))
        .compose(request -> exchange(request, url, body, fixed))
        .recover(cause -> Future.failedFuture(explained(cause, to, url)))
        .compose(answered -> next(answered, to, url, fixed));
  }

  private record Answered(HttpExchange exchange, HttpClientResponse response, boolean unpack) {}

  private Future<Answered> exchange(
      HttpClientRequest request, String url, CallBody body, boolean fixed) {
    HttpExchange exchange = new HttpExchange(body);
    call.cancellation().holds(exchange::cancel);
    boolean unpack;
    try {
      unpack = headers(request.headers(), fixed);
    } catch (IllegalArgumentException header) {
      exchange.refuse(request);
      throw new InvokeException(
          TransportErrors.http(verb.name(), url, InvokeErrors.invalidHeader()));
    }
    return exchange
        .send(request)
        .map(response -> new Answered(exchange, response, unpack && verb != HttpMethod.HEAD));
  }

  private boolean headers(MultiMap headers, boolean fixed) {
    boolean unpack = RequestHeaders.toHttp(call, headers, "");
    if (fixed) {
      fixedHeaders.forEach(headers::set);
    } else {
      FOR_ONE_HOST.forEach(headers::remove);
    }
    if (redirects > 0) {
      headers.remove("content-type");
    }
    return unpack;
  }

  private Future<AppAnswer> next(Answered answered, Address from, String url, boolean fixed) {
    HttpClientResponse response = answered.response();
    String location = follows ? redirect(response) : null;
    if (location == null) {
      return Future.succeededFuture(
          HttpAnswers.of(answered.exchange(), response, answered.unpack()));
    }
    response.resume(); // its body is of no use
    answered.exchange().finished();
    if (++redirects > MAX_REDIRECTS) {
      return Future.failedFuture(
          new InvokeException(
              TransportErrors.http(verb.name(), url, InvokeErrors.tooManyRedirects())));
    }
    if (response.statusCode() < 307 && verb != HttpMethod.HEAD) {
      verb = HttpMethod.GET;
    }
    try {
      String target = URI.create(url).resolve(location).toString();
      Address to = parse(target);
      boolean same = to.host().equalsIgnoreCase(from.host());
      return send(
          to,
          target,
          new CallBody.None(),
          fixed && same); // a resource's headers may be secrets of its host
    } catch (InvokeException refused) {
      return Future.failedFuture(refused);
    } catch (IllegalArgumentException unreadable) {
      return Future.failedFuture(
          new InvokeException("failed to parse Location header \"" + location + "\""));
    }
  }

  /**
   * Where a redirect leads; null when it is none, or the body that would have to go along is gone.
   */
  private @Nullable String redirect(HttpClientResponse response) {
    boolean follow =
        switch (response.statusCode()) {
          case 301, 302, 303 -> true;
          case 307, 308 -> call.body() instanceof CallBody.None;
          default -> false;
        };
    return follow ? response.getHeader("location") : null;
  }

  private RuntimeException explained(Throwable cause, Address to, String url) {
    return switch (cause) {
      case InvokeException known -> known;
      case CallerGoneException gone -> gone;
      case BodyTooLargeException tooLarge ->
          new InvokeException(
              TransportErrors.http(verb.name(), url, String.valueOf(tooLarge.getMessage())));
      default ->
          new InvokeException(
              TransportErrors.http(
                  verb.name(), url, cause, to.host(), to.port(), client.maxHeaderSize()));
    };
  }
}
