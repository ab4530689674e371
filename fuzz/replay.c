/* Runs a fuzz target on the files of the folders named: corpora as ordinary tests. */
#include "target.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static int replay(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        return 0;
    }
    static uint8_t bytes[1 << 20];
    size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    /* a block of the exact size, so that reading past its end is seen */
    uint8_t *exact = malloc(n ? n : 1);
    if (!exact) {
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        exact[i] = bytes[i];
    }
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    return 1;
}

static int replay_folder(const char *folder) {
    DIR *dir = opendir(folder);
    int replayed = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        replayed += entry->d_name[0] != '.' && replay(path);
    }
    if (dir) {
        closedir(dir);
    }
    return replayed;
}

int main(int argc, char **argv) {
    int replayed = 0;
    for (int i = 1; i < argc; i++) {
        replayed += replay_folder(argv[i]);
    }
    printf("replayed %d inputs\n", replayed);
    return replayed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
