package io.jitney.daemon.files;

import java.nio.file.Path;

/**
 * Something wrong in a file of apps or policies. Free of secrets.
 *
 * @param file where
 * @param document which of the file's YAML documents, from 1; 0: the file itself
 * @param field the path of the field at fault, {@code spec.app.port} for example; "" when it is the
 *     whole document
 * @param message what is wrong with it, and what would be right
 */
public record FileProblem(Path file, int document, String field, String message) {

  /** {@code apps.yaml, document 2, spec.app.port: must be ...}. */
  @Override
  public String toString() {
    return file
        + (document == 0 ? "" : ", document " + document)
        + (field.isEmpty() ? "" : ", " + field)
        + ": "
        + message;
  }
}
