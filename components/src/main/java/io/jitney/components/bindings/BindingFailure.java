package io.jitney.components.bindings;

/** A failed call that has an answer all the same. Stackless. */
public final class BindingFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient BindingResponse response;

  public BindingFailure(String message, BindingResponse response) {
    super(message, null, false, false);
    this.response = response;
  }

  public BindingResponse response() {
    return response;
  }
}
