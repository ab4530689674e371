/* A program of somebody else's: built against the installed library by pkg-config alone. */
#include <pushpull/pushpull.h>

#include <stdio.h>
#include <string.h>

int main(void) {
    double number = 0;
    printf("pushpull %s\n", pp_version());
    return pp_parse_number("1.5", &number) && number > 1 &&
                   strcmp(pp_version(), PP_VERSION) == 0
               ? 0
               : 1;
}
