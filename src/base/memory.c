#include <pushpull/memory.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static pp_allocator hook;

void pp_set_allocator(const pp_allocator *allocator) {
    hook = allocator ? *allocator : (pp_allocator){0};
}

/* The bytes of count × size; 0 on overflow, and at least 1 otherwise. */
static size_t checked_bytes(int64_t count, size_t size) {
    size_t bytes;
    if (count < 0 || __builtin_mul_overflow((size_t)count, size, &bytes) ||
        bytes > (size_t)PTRDIFF_MAX) {
        return 0;
    }
    return bytes ? bytes : 1;
}

/* Asks for large pages under a large block: most of what a fresh page costs is then saved.
   It is a wish, and that it fails means nothing. */
static void *with_large_pages(void *block, size_t bytes) {
#ifdef MADV_HUGEPAGE
    enum { PAGE = 1 << 21 };
    if (block && bytes >= 4 * (size_t)PAGE) {
        uintptr_t first = ((uintptr_t)block + PAGE - 1) / PAGE * PAGE;
        uintptr_t last = ((uintptr_t)block + bytes) / PAGE * PAGE;
        madvise((void *)first, last - first, MADV_HUGEPAGE);
    }
#endif
    return block;
}

void *pp_malloc(int64_t count, size_t size) {
    size_t bytes = checked_bytes(count, size);
    if (!bytes) {
        return NULL;
    }
    return hook.allocate ? hook.allocate(hook.payload, bytes)
                         : with_large_pages(malloc(bytes), bytes);
}

void *pp_calloc(int64_t count, size_t size) {
    size_t bytes = checked_bytes(count, size);
    if (!bytes) {
        return NULL;
    }
    if (!hook.allocate) {
        return with_large_pages(calloc(1, bytes), bytes);
    }
    void *block = hook.allocate(hook.payload, bytes);
    if (block) {
        memset(block, 0, bytes);
    }
    return block;
}

void *pp_realloc(void *old, int64_t count, size_t size) {
    size_t bytes = checked_bytes(count, size);
    if (!bytes) {
        return NULL;
    }
    return hook.resize ? hook.resize(hook.payload, old, bytes) : realloc(old, bytes);
}

void pp_free(void *block) {
    if (hook.release) {
        hook.release(hook.payload, block);
    } else {
        free(block);
    }
}

char *pp_strdup(const char *text) {
    size_t n = strlen(text) + 1;
    char *copy = pp_malloc((int64_t)n, 1);
    if (copy) {
        memcpy(copy, text, n);
    }
    return copy;
}

enum { ARENA_ALIGN = 16, ARENA_FIRST = 4096 - 64, ARENA_LARGEST = 1 << 20 };

struct pp_arena_block {
    struct pp_arena_block *below;
    size_t used, capacity;
    _Alignas(ARENA_ALIGN) unsigned char bytes[];
};

void pp_arena_init(pp_arena *arena) {
    arena->head = NULL;
}

void pp_arena_clear(pp_arena *arena) {
    pp_arena_release(arena, (pp_arena_mark){NULL, 0});
}

static struct pp_arena_block *push_block(pp_arena *arena, size_t bytes) {
    size_t capacity = arena->head ? arena->head->capacity * 2 : ARENA_FIRST;
    capacity = capacity > ARENA_LARGEST ? ARENA_LARGEST : capacity;
    capacity = capacity < bytes ? bytes : capacity;
    struct pp_arena_block *block =
        pp_malloc((int64_t)(sizeof(struct pp_arena_block) + capacity), 1);
    if (block) {
        *block = (struct pp_arena_block){arena->head, 0, capacity};
        arena->head = block;
    }
    return block;
}

void *pp_arena_alloc(pp_arena *arena, int64_t count, size_t size) {
    size_t bytes = checked_bytes(count, size);
    if (!bytes || bytes > (size_t)PTRDIFF_MAX / 2) {
        return NULL;
    }
    bytes = (bytes + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    struct pp_arena_block *block = arena->head;
    if (!block || block->capacity - block->used < bytes) {
        block = push_block(arena, bytes);
        if (!block) {
            return NULL;
        }
    }
    void *out = block->bytes + block->used;
    block->used += bytes;
    return out;
}

void *pp_arena_zalloc(pp_arena *arena, int64_t count, size_t size) {
    void *block = pp_arena_alloc(arena, count, size);
    if (block) {
        memset(block, 0, (size_t)count * size);
    }
    return block;
}

char *pp_arena_strndup(pp_arena *arena, const char *text, int64_t length) {
    char *copy = length < 0 ? NULL : pp_arena_alloc(arena, length + 1, 1);
    if (copy) {
        memcpy(copy, text, (size_t)length);
        copy[length] = '\0';
    }
    return copy;
}

char *pp_arena_strdup(pp_arena *arena, const char *text) {
    return pp_arena_strndup(arena, text, (int64_t)strlen(text));
}

char *pp_arena_printf(pp_arena *arena, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *out = n < 0 ? NULL : pp_arena_alloc(arena, (int64_t)n + 1, 1);
    if (out) {
        vsnprintf(out, (size_t)n + 1, format, again);
    }
    va_end(again);
    return out;
}

pp_arena_mark pp_arena_get_mark(const pp_arena *arena) {
    return (pp_arena_mark){arena->head, arena->head ? arena->head->used : 0};
}

void pp_arena_release(pp_arena *arena, pp_arena_mark mark) {
    while (arena->head && arena->head != mark.block) {
        struct pp_arena_block *below = arena->head->below;
        pp_free(arena->head);
        arena->head = below;
    }
    if (arena->head) {
        arena->head->used = mark.used;
    }
}
