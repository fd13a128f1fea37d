package io.jitney.components.bindings.localstorage;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/** File errors in the words of Go's {@code os} package. Pure functions. */
final class GoFileErrors {
  private GoFileErrors() {}

  /** What is wrong, without path and operation. */
  static String reason(IOException failure) {
    return switch (failure) {
      case NoSuchFileException e -> "no such file or directory";
      case DirectoryNotEmptyException e -> "directory not empty";
      case NotDirectoryException e -> "not a directory";
      case FileAlreadyExistsException e -> "not a directory";
      case AccessDeniedException e -> "permission denied";
      case FileSystemLoopException e -> "too many levels of symbolic links";
      case FileSystemException e ->
          lower(e.getReason() == null ? "input/output error" : e.getReason());
      default -> lower(String.valueOf(failure.getMessage()));
    };
  }

  private static String lower(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }
}
