package io.jitney.daemon.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.components.state.BulkItem;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.StateItem;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.tenancy.memory.MemoryBudget;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BulkReadsTest {
  private final List<Integer> parts = new ArrayList<>();

  private static List<GetRequest> keys(int count) {
    return IntStream.range(0, count).mapToObj(i -> new GetRequest("k" + i, "", Map.of())).toList();
  }

  /** All reads answer with the same bytes. */
  private Future<List<BulkItem>> read(int count, int bytes, MemoryBudget budget) {
    Buffer value = Buffer.buffer(new byte[bytes]);
    CallMemory memory = new CallMemory(budget.open(1));
    return BulkReads.read(
        keys(count),
        memory,
        some -> {
          parts.add(some.size());
          return Future.succeededFuture(
              some.stream()
                  .map(get -> new BulkItem(get.key(), new StateItem(value, "1", Map.of()), null))
                  .toList());
        });
  }

  @Test
  void fewKeysAreOneRead() {
    assertThat(read(32, 10, MemoryBudget.unlimited()).result()).hasSize(32);
    assertThat(parts).containsExactly(32);
  }

  @Test
  void manyAreReadInPartsBySizeAndInOrder() {
    Future<List<BulkItem>> small = read(10_000, 100, MemoryBudget.unlimited());
    assertThat(small.result().stream().map(BulkItem::key))
        .containsExactlyElementsOf(keys(10_000).stream().map(GetRequest::key).toList());
    assertThat(parts).containsExactly(32, 4_096, 4_096, 1_776);
    parts.clear();
    assertThat(read(100, 1 << 20, MemoryBudget.unlimited()).result()).hasSize(100);
    assertThat(parts).hasSize(69).startsWith(32, 1, 1);
  }

  @Test
  void noMoreIsReadThanThereIsMemoryFor() {
    Future<List<BulkItem>> read = read(1_000_000, 100_000, new MemoryBudget(100_000_000));
    assertThat(read.failed()).isTrue();
    assertThat(parts.stream().mapToInt(Integer::intValue).sum()).isLessThan(500);
  }

  @Test
  void aFailureEndsIt() {
    CallMemory memory = new CallMemory(MemoryBudget.unlimited().open(1));
    Future<List<BulkItem>> read =
        BulkReads.read(keys(100), memory, some -> Future.failedFuture("no route"));
    assertThat(read.cause()).hasMessage("no route");
  }
}
