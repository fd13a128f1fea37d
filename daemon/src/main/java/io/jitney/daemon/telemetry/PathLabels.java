package io.jitney.daemon.telemetry;

import io.jitney.daemon.resources.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The {@code path} label of HTTP metrics (spec 05 section 5.1): URL paths with ids folded, or the
 * pattern that matches, or nothing, as the Configuration asks.
 */
final class PathLabels {
  private static final Set<String> FIXED =
      Set.of("/dapr/config", "/dapr/subscribe", "/dapr/metrics", "/healthz");

  private final boolean increasedCardinality;
  private final List<Pattern> patterns = new ArrayList<>();

  PathLabels(Configuration.Metrics settings) {
    increasedCardinality = settings.increasedCardinality();
    for (String pattern : settings.pathMatching()) {
      patterns.add(Pattern.of(pattern));
      if (!pattern.startsWith("/v1.0/invoke/")) {
        patterns.add(Pattern.of("/v1.0/invoke/{app_id}/method" + pattern));
      }
    }
    patterns.sort((a, b) -> b.weight - a.weight); // most specific first
  }

  String label(String path) {
    for (Pattern pattern : patterns) {
      if (pattern.matches(path)) {
        return pattern.text;
      }
    }
    if (increasedCardinality) {
      return patterns.isEmpty() ? folded(path) : path;
    }
    return FIXED.contains(path) ? path : "";
  }

  private static String folded(String path) {
    if (!path.startsWith("/v1.0")) {
      return path;
    }
    String[] parts = path.split("/", 7); // "", version, block, name, id, ...
    if (parts.length < 4) {
      return path;
    }
    String head = "/" + parts[1] + "/" + parts[2] + "/" + parts[3];
    return switch (parts[2]) {
      case "state", "secrets" -> head;
      case "actors" -> parts.length < 6 ? path : head + "/{id}/" + parts[5];
      case "workflows" ->
          parts.length < 5
              ? path
              : parts.length > 5 && parts[5].equals("start")
                  ? path
                  : head
                      + "/{instanceId}"
                      + (parts.length > 5 ? "/" + parts[5] : "")
                      + (parts.length > 6 ? "/{eventName}" : "");
      default -> path;
    };
  }

  /**
   * A Go ServeMux pattern: {@code {x}} takes a segment, {@code {x...}} and a trailing slash take
   * the rest.
   */
  private record Pattern(String text, List<String> segments, int weight) {
    static Pattern of(String text) {
      List<String> segments = List.of(text.substring(text.indexOf('/') + 1).split("/", -1));
      int weight = segments.size() * 2;
      for (String segment : segments) {
        weight += segment.startsWith("{") || segment.isEmpty() ? 0 : 1;
      }
      return new Pattern(text, segments, weight);
    }

    boolean matches(String path) {
      String[] actual = path.substring(1).split("/", -1);
      for (int i = 0; i < segments.size(); i++) {
        boolean last = i == segments.size() - 1;
        if (last && (segments.get(i).isEmpty() || segments.get(i).endsWith("...}"))) {
          return actual.length > i;
        }
        if (i >= actual.length
            || !segments.get(i).startsWith("{") && !segments.get(i).equals(actual[i])) {
          return false;
        }
      }
      return actual.length == segments.size();
    }
  }
}
