# Stands for mcr.microsoft.com/azure-storage/azurite: Node.js of this machine and the pinned Azurite.
ARG DEBIAN
FROM ${DEBIAN}
COPY node /usr/local/bin/node
COPY node_modules /opt/azurite/node_modules
RUN ln -s ../../../opt/azurite/node_modules/azurite/dist/src/azurite.js /usr/local/bin/azurite \
    && chmod 0755 /opt/azurite/node_modules/azurite/dist/src/azurite.js && azurite --version
