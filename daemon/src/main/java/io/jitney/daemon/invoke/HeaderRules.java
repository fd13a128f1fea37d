package io.jitney.daemon.invoke;

import io.vertx.core.MultiMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which header passes where. Names are compared without regard to case and without making
 * lower-case copies.
 */
final class HeaderRules {
  private HeaderRules() {}

  /** Headers about one connection: never passed on. */
  static boolean hopByHop(String name) {
    return switch (name.length()) {
      case 2 -> name.equalsIgnoreCase("te");
      case 7 -> name.equalsIgnoreCase("upgrade") || name.equalsIgnoreCase("trailer");
      case 10 -> name.equalsIgnoreCase("connection") || name.equalsIgnoreCase("keep-alive");
      case 14 -> name.equalsIgnoreCase("http2-settings");
      case 16 -> name.equalsIgnoreCase("proxy-connection");
      case 17 -> name.equalsIgnoreCase("transfer-encoding");
      case 18 -> name.equalsIgnoreCase("proxy-authenticate");
      case 19 -> name.equalsIgnoreCase("proxy-authorization");
      default -> false;
    };
  }

  /**
   * Request headers that are not copied to an app because they end here, are set anew, or would say
   * who calls: identity is the daemon's to tell. Servers that hand headers on as variables (CGI,
   * WSGI) take an underscore for a hyphen, so identity is told by neither spelling.
   */
  static boolean replaced(String name) {
    return switch (name.length()) {
      case 4 -> name.equalsIgnoreCase("host");
      case 6 -> name.equalsIgnoreCase("expect"); // answered by the daemon's own server
      case 7 -> name.equalsIgnoreCase("baggage");
      case 10 -> name.equalsIgnoreCase("tracestate");
      case 11 -> same(name, "dapr-app-id") || name.equalsIgnoreCase("traceparent");
      case 12 -> name.equalsIgnoreCase("content-type");
      case 14 -> name.equalsIgnoreCase("content-length") || name.equalsIgnoreCase("grpc-trace-bin");
      case 18 ->
          same(name, "dapr-caller-app-id")
              || same(name, "dapr-callee-app-id")
              || same(name, "destination-app-id");
      case 21 -> same(name, "dapr-caller-namespace");
      default -> false;
    };
  }

  /** {@code dapr-api-token}, however it is spelled. */
  static boolean token(String name) {
    return name.length() == 14 && same(name, "dapr-api-token");
  }

  /** Without regard to case, and with underscores for hyphens. */
  private static boolean same(String name, String lowerCase) {
    for (int i = 0; i < lowerCase.length(); i++) {
      char c = name.charAt(i);
      char wanted = lowerCase.charAt(i);
      if (c != wanted && !(wanted == '-' ? c == '_' : c + 32 == wanted && c >= 'A' && c <= 'Z')) {
        return false;
      }
    }
    return true;
  }

  /** {@code x-some-bin}: binary metadata, which HTTP apps do not get. */
  static boolean binary(String name) {
    return name.regionMatches(true, name.length() - 4, "-bin", 0, 4);
  }

  /** {@code grpc-x}: reaches HTTP as {@code dapr-grpc-x}. */
  static boolean grpc(String name) {
    return name.regionMatches(true, 0, "grpc-", 0, 5);
  }

  /**
   * Lower-case names that {@code Connection} declares to be about the connection; null when it
   * names none.
   */
  static @Nullable Set<String> namedByConnection(MultiMap headers) {
    String first = headers.get("connection");
    if (first == null || first.equalsIgnoreCase("keep-alive") || first.equalsIgnoreCase("close")) {
      return null;
    }
    Set<String> named = new HashSet<>();
    List<String> values = headers.getAll("connection");
    for (String value : values) {
      for (String name : value.split(",")) {
        named.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    return named;
  }

  static boolean named(@Nullable Set<String> names, String name) {
    return names != null && names.contains(name.toLowerCase(Locale.ROOT));
  }

  /**
   * HTTP's registered request headers: as gRPC metadata they are prefixed with {@code dapr-}. A
   * gRPC caller's own metadata of that name is not: daprd compares with capitals.
   */
  static boolean permanent(String lowerCaseName) {
    return PERMANENT.contains(lowerCaseName);
  }

  private static final Set<String> PERMANENT =
      Set.of(
          "accept",
          "accept-charset",
          "accept-language",
          "accept-ranges",
          "connection",
          "keep-alive",
          "proxy-connection",
          "transfer-encoding",
          "upgrade",
          "cache-control",
          "content-type",
          "content-length",
          "cookie",
          "date",
          "expect",
          "from",
          "host",
          "if-match",
          "if-modified-since",
          "if-none-match",
          "if-schedule-tag-match",
          "if-unmodified-since",
          "max-forwards",
          "origin",
          "pragma",
          "referer",
          "via",
          "warning");
}
