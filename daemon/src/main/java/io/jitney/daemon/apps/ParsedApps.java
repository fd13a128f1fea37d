package io.jitney.daemon.apps;

import io.jitney.daemon.files.FileProblem;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What the apps files say.
 *
 * @param apps all that could be read, each id once
 * @param problems everything that is wrong, in the order of files and documents
 * @param unclear files of which a part could not be read: what they declared before still holds
 */
public record ParsedApps(List<AppResource> apps, List<FileProblem> problems, Set<Path> unclear) {
  public ParsedApps {
    apps = List.copyOf(apps);
    problems = List.copyOf(problems);
    unclear = Set.copyOf(unclear);
  }
}
