package io.jitney.daemon.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Labels of a virtual sidecar, for policies to select by: {@value #VARIABLE} in the environment of
 * its launcher, {@code tier=gold,team=shop}. Who starts a sidecar says its labels, as its app id
 * and namespace; the labels of an app that an apps file declares are that file's.
 *
 * @param labels what could be read
 * @param problems what could not, a line each
 */
public record AppLabels(Map<String, String> labels, List<String> problems) {
  public static final String VARIABLE = "JITNEY_APP_LABELS";

  public AppLabels {
    labels = Map.copyOf(labels);
    problems = List.copyOf(problems);
  }

  public static AppLabels of(Map<String, String> environment) {
    Map<String, String> labels = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    for (String part : environment.getOrDefault(VARIABLE, "").split(",", -1)) {
      String label = part.strip();
      int equals = label.indexOf('=');
      if (equals > 0) {
        labels.put(label.substring(0, equals).strip(), label.substring(equals + 1).strip());
      } else if (!label.isEmpty()) {
        problems.add(VARIABLE + ": \"" + label + "\" is no label: write name=value,name=value");
      }
    }
    return new AppLabels(labels, problems);
  }
}
