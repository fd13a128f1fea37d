package io.jitney.loadtest.process;

import com.fasterxml.jackson.databind.JsonNode;
import io.jitney.loadtest.Main;
import io.jitney.loadtest.plan.DurabilityPlan;
import io.jitney.loadtest.plan.Json;
import io.jitney.loadtest.plan.WorkerPlan;
import io.jitney.loadtest.plan.WorkerResult;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A worker process as the program sees it. */
public final class WorkerHandle {
  private static final int READY_SECONDS = 60;

  private final Children children;
  private final String name;
  private final Path result;
  private final Process process;
  private final BufferedWriter input;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private volatile JsonNode live = Json.mapper().createObjectNode();

  /** Starts it; it waits for {@link #go}. */
  public WorkerHandle(Children children, String name, boolean aggressor, WorkerPlan plan)
      throws IOException {
    this(children, name, aggressor ? Cores.Role.AGGRESSOR : Cores.Role.OTHER, Main.WORKER, plan);
  }

  /** The same for one that publishes numbered events. */
  public WorkerHandle(Children children, String name, DurabilityPlan plan) throws IOException {
    this(children, name, Cores.Role.OTHER, Main.DURABILITY, plan);
  }

  private WorkerHandle(Children children, String name, Cores.Role role, String program, Object plan)
      throws IOException {
    this.children = children;
    this.name = name;
    Path file = children.folder().resolve(name + "-plan.json");
    result = children.folder().resolve(name + "-result.json");
    Json.write(file, plan);
    process =
        children.startPiped(
            name, role, JavaCommand.of(program, "768m", file.toString(), result.toString()));
    input = process.outputWriter(StandardCharsets.UTF_8);
    Thread.ofPlatform().daemon().name(name).start(this::listen);
  }

  private void listen() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = output.readLine()) != null) {
        JsonNode said = Json.mapper().readTree(line);
        switch (said.path("event").asText()) {
          case "ready" -> ready.complete(null);
          case "live" -> live = said;
          case "done" -> done.complete(null);
          default -> throw new IOException("said " + line);
        }
      }
      throw new IOException("ended");
    } catch (IOException failure) {
      LoadTestFailure why =
          new LoadTestFailure(
              "the process "
                  + name
                  + " failed ("
                  + failure.getMessage()
                  + "): "
                  + children.lastLines(name));
      ready.completeExceptionally(why);
      done.completeExceptionally(why);
    }
  }

  public void awaitReady() throws LoadTestFailure, InterruptedException {
    await(ready, READY_SECONDS);
  }

  /**
   * Lets it begin.
   *
   * @param startNanos by {@link System#nanoTime}, a little ahead
   */
  public void go(long startNanos) throws IOException {
    input.write("go " + startNanos + "\n");
    input.flush();
  }

  /** Totals so far: by group a list of good, refused, bad answers. */
  public JsonNode live() {
    return live;
  }

  public boolean isDone() {
    return done.isDone();
  }

  /** What it saw. */
  public WorkerResult result(int seconds)
      throws LoadTestFailure, InterruptedException, IOException {
    return result(seconds, WorkerResult.class);
  }

  /** The same of another kind. */
  public <T> T result(int seconds, Class<T> type)
      throws LoadTestFailure, InterruptedException, IOException {
    await(done, seconds);
    return Json.read(result, type);
  }

  private void await(CompletableFuture<Void> what, int seconds)
      throws LoadTestFailure, InterruptedException {
    try {
      what.get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof LoadTestFailure failure
          ? failure
          : new LoadTestFailure(String.valueOf(failed.getCause()));
    } catch (TimeoutException late) {
      throw new LoadTestFailure("the process " + name + " takes longer than it may");
    }
  }
}
