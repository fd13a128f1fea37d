package io.jitney.components.bindings.http;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.GoText;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A URL as Go's {@code net/url} and {@code net/http} take it.
 *
 * @param authorization value of the header that user and password make; null: none
 * @param requestUri path and query, escaped
 * @param shown for error texts: without password
 */
record TargetUrl(
    boolean tls,
    String host,
    int port,
    @Nullable String authorization,
    String requestUri,
    String shown) {
  private static final String KEPT = "-._~!$&'()*+,;=:@/%";

  /**
   * @param verb for error texts
   * @throws ComponentException with Go's message
   */
  static TargetUrl parse(String verb, String url) {
    if (url.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw unparsable(url, "net/url: invalid control character in URL");
    }
    int fragment = url.indexOf('#');
    String text = fragment < 0 ? url : url.substring(0, fragment);
    int colon = scheme(url, text);
    String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      int slash = text.indexOf('/');
      if (colon < 0 && text.substring(0, slash < 0 ? text.length() : slash).indexOf(':') >= 0) {
        throw unparsable(url, "first path segment in URL cannot contain colon");
      }
      throw failed(verb, url, "unsupported protocol scheme " + GoText.quote(scheme));
    }
    String rest = text.substring(colon + 1);
    if (!rest.startsWith("//")) {
      throw failed(verb, url, "http: no Host in request URL");
    }
    rest = rest.substring(2);
    int end = 0;
    while (end < rest.length() && rest.charAt(end) != '/' && rest.charAt(end) != '?') {
      end++;
    }
    String authority = rest.substring(0, end);
    int at = authority.lastIndexOf('@');
    String user = at < 0 ? "" : authority.substring(0, at);
    String hostPort = authority.substring(at + 1);
    boolean tls = scheme.equals("https");
    int port = tls ? 443 : 80;
    String host = hostPort;
    int portAt = hostPort.lastIndexOf(':');
    if (portAt >= 0 && hostPort.indexOf(']', portAt) < 0) {
      String digits = hostPort.substring(portAt + 1);
      if (!digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
        throw unparsable(url, "invalid port " + GoText.quote(":" + digits) + " after host");
      }
      host = hostPort.substring(0, portAt);
      if (digits.length() > 5 || (!digits.isEmpty() && Integer.parseInt(digits) > 65535)) {
        throw failed(verb, url, "dial tcp: address " + digits + ": invalid port");
      }
      port = digits.isEmpty() ? port : Integer.parseInt(digits);
    }
    if (host.isEmpty()) {
      throw failed(verb, url, "http: no Host in request URL");
    }
    if (host.chars().anyMatch(c -> c == ' ' || c == '"' || c == '<' || c == '>')) {
      throw unparsable(url, "invalid character in host name");
    }
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    return new TargetUrl(
        tls, host, port, basic(user), requestUri(url, rest.substring(end)), shown(url));
  }

  /** Where the scheme ends; -1: there is none. */
  private static int scheme(String url, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      boolean inside = c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.';
      if (c == ':') {
        if (i == 0) {
          throw unparsable(url, "missing protocol scheme");
        }
        return i;
      }
      if (!letter && (!inside || i == 0)) {
        return -1;
      }
    }
    return -1;
  }

  private static String requestUri(String url, String text) {
    int question = text.indexOf('?');
    String path = question < 0 ? text : text.substring(0, question);
    String query = question < 0 ? "" : text.substring(question);
    for (int i = path.indexOf('%'); i >= 0; i = path.indexOf('%', i + 1)) {
      String escape = path.substring(i, Math.min(path.length(), i + 3));
      if (!escape.matches("%[0-9a-fA-F]{2}")) {
        throw unparsable(url, "invalid URL escape " + GoText.quote(escape));
      }
    }
    return escaped(path.isEmpty() ? "/" : path, KEPT) + escaped(query, KEPT + "?/\"<>[]{}|\\^`");
  }

  private static String escaped(String text, String kept) {
    StringBuilder out = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || kept.indexOf(c) >= 0;
      if (plain && c < 0x80) {
        out.append(c);
      } else {
        out.append('%').append(String.format("%02X", (int) c));
      }
    }
    return out.toString();
  }

  private static @Nullable String basic(String user) {
    if (user.isEmpty()) {
      return null;
    }
    String login = user.indexOf(':') < 0 ? user + ":" : user;
    String decoded = java.net.URLDecoder.decode(login.replace("+", "%2B"), StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(decoded.getBytes(StandardCharsets.UTF_8));
  }

  private static String shown(String url) {
    int from = url.indexOf("://");
    int at = url.indexOf('@');
    int colon = from < 0 ? -1 : url.indexOf(':', from + 3);
    int slash = from < 0 ? -1 : url.indexOf('/', from + 3);
    boolean password = at > 0 && colon > 0 && colon < at && (slash < 0 || at < slash);
    return password ? url.substring(0, colon) + ":***" + url.substring(at) : url;
  }

  /** {@code Get "http://h/p": cause}. */
  static ComponentException failed(String verb, String url, String cause) {
    return new ComponentException.Failed(
        verb.charAt(0)
            + verb.substring(1).toLowerCase(Locale.ROOT)
            + " "
            + GoText.quote(shown(url))
            + ": "
            + cause);
  }

  private static ComponentException unparsable(String url, String cause) {
    return new ComponentException.Failed("parse " + GoText.quote(shown(url)) + ": " + cause);
  }
}
