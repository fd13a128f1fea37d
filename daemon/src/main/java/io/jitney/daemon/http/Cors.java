package io.jitney.daemon.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * CORS of one instance ({@code --allowed-origins}): {@code *}, or a list of origins in which one
 * {@code *} each may stand for any text. All headers, no credentials. Immutable.
 */
public final class Cors {
  private static final Set<String> METHODS =
      Set.of("HEAD", "GET", "POST", "PUT", "PATCH", "DELETE");
  private static final List<String> VARY_PREFLIGHT =
      List.of("Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers");

  private final boolean any;
  private final List<Pattern> origins;

  private Cors(boolean any, List<Pattern> origins) {
    this.any = any;
    this.origins = List.copyOf(origins);
  }

  /** From the flag; null when it is empty, which is no CORS at all. */
  public static @Nullable Cors of(String allowedOrigins) {
    if (allowedOrigins.isEmpty()) {
      return null;
    }
    List<Pattern> patterns = new ArrayList<>();
    for (String origin : allowedOrigins.split(",")) {
      String word = origin.trim();
      if (word.equals("*")) {
        return new Cors(true, List.of());
      }
      int star = word.indexOf('*');
      String pattern =
          star < 0
              ? Pattern.quote(word)
              : Pattern.quote(word.substring(0, star))
                  + ".*"
                  + Pattern.quote(word.substring(star + 1));
      patterns.add(Pattern.compile(pattern, Pattern.CASE_INSENSITIVE));
    }
    return new Cors(false, patterns);
  }

  /** Adds the headers; true when this was a preflight request, which is then answered. */
  boolean handle(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    String asked = request.getHeader("access-control-request-method");
    String origin = request.getHeader("origin");
    if (request.method().name().equals("OPTIONS") && asked != null) {
      response.putHeader("vary", VARY_PREFLIGHT);
      if (origin != null && allows(origin) && METHODS.contains(asked.toUpperCase(Locale.ROOT))) {
        response.putHeader("access-control-allow-origin", any ? "*" : origin);
        response.putHeader("access-control-allow-methods", asked.toUpperCase(Locale.ROOT));
        String headers = request.getHeader("access-control-request-headers");
        if (headers != null && !headers.isBlank()) {
          response.putHeader("access-control-allow-headers", canonical(headers));
        }
      }
      response.setStatusCode(200).end();
      return true;
    }
    response.putHeader("vary", "Origin");
    if (origin != null && allows(origin)) {
      response.putHeader("access-control-allow-origin", any ? "*" : origin);
    }
    return false;
  }

  private boolean allows(String origin) {
    if (any) {
      return true;
    }
    for (Pattern pattern : origins) {
      if (pattern.matcher(origin).matches()) {
        return true;
      }
    }
    return false;
  }

  /** Header names as Go spells them, joined by comma and blank. */
  private static String canonical(String headers) {
    StringBuilder text = new StringBuilder();
    for (String name : headers.split("[,\\s]+")) {
      if (name.isEmpty()) {
        continue;
      }
      text.append(text.isEmpty() ? "" : ", ");
      boolean upper = true;
      for (char c : name.toCharArray()) {
        text.append(upper ? Character.toUpperCase(c) : Character.toLowerCase(c));
        upper = c == '-';
      }
    }
    return text.toString();
  }
}
