# One image for the centre and the offices: fupind, fupin, the 2013 plan, the demonstration's scripts.
# PostgreSQL is not in it: the centre gets one with --db (see docker-compose.yml).

FROM debian:bookworm AS build
WORKDIR /src
COPY scripts/lib.sh scripts/
# The same list as for every other build.
RUN bash -euc '. scripts/lib.sh; need_packages "${build_packages[@]}"'
COPY CMakeLists.txt ./
COPY cmake cmake
COPY common common
COPY proto proto
COPY db db
COPY server server
COPY client client
COPY completion completion
COPY docs docs
COPY packaging packaging
RUN cmake -S . -B /build -G Ninja -DCMAKE_INSTALL_PREFIX=/usr -DFUPIN_TESTS=OFF \
  && cmake --build /build \
  && DESTDIR=/image cmake --install /build --strip

FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends \
    libcsv3 libexpat1 libinih1 libjson-c5 libpq5 libprotobuf-c1 libsmartcols1 libsodium23 libsqlite3-0 libsystemd0 libutf8proc2 libxlsxwriter4 libzip4 libzmq5 mawk \
  && rm -rf /var/lib/apt/lists/*
# Owned by who runs, so that new volumes are too.
RUN useradd --system --user-group --no-create-home --home-dir /var/lib/fupin fupin \
  && install -d -o fupin -g fupin -m 700 /var/lib/fupin /var/lib/fupin-offices
COPY --from=build /image/ /
COPY scripts/compose-year.sh scripts/year.sh scripts/demo_year.awk /usr/share/fupin/scripts/
USER fupin
ENV LANG=C.UTF-8
WORKDIR /var/lib/fupin
EXPOSE 7513
CMD ["fupind", "help"]
