package io.jitney.daemon.resources;

import java.util.List;

/**
 * {@code spec.httpPipeline} or {@code spec.appHttpPipeline}: middleware by component name, in
 * order. A handler whose component is not loaded is skipped, as in daprd.
 */
public record Pipeline(List<Handler> handlers) {
  public static final Pipeline EMPTY = new Pipeline(List.of());

  public Pipeline {
    handlers = List.copyOf(handlers);
  }

  /**
   * @param name of the component
   * @param type {@code middleware.http.bearer} for example
   * @param version {@code v1} by default
   */
  public record Handler(String name, String type, String version) {}
}
