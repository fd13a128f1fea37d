package io.jitney.components.mqtt;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a subscription matches: an exact topic, {@code +} and {@code #}, and {@code
 * $share/<group>/<filter>}.
 */
public final class TopicFilter {
  private static final Pattern SHARED = Pattern.compile("^\\$share/[^/]*/(?=.)");

  private final String topics;
  private final Pattern pattern;

  public TopicFilter(String filter) {
    Matcher shared = SHARED.matcher(filter);
    topics = shared.lookingAt() ? filter.substring(shared.end()) : filter;
    StringBuilder regex = new StringBuilder();
    String[] levels = topics.split("/", -1);
    for (int i = 0; i < levels.length; i++) {
      String slash = i == 0 ? "" : "/";
      switch (levels[i]) {
        case "#" -> regex.append(i == levels.length - 1 && i > 0 ? "(/.*)?" : slash + ".*");
        case "+" -> regex.append(slash).append("[^/]*");
        default -> regex.append(slash).append(Pattern.quote(levels[i]));
      }
    }
    pattern = Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  public boolean isExactly(String topic) {
    return topics.equals(topic);
  }

  public boolean matches(String topic) {
    return pattern.matcher(topic).matches();
  }
}
